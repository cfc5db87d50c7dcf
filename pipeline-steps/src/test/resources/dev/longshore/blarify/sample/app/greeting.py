"""Greets people."""

from app.words import WORDS, Chooser


class Greeter:
    def __init__(self, chooser: Chooser):
        self.chooser = chooser

    def greet(self, name):
        return f"{self.chooser.choose()}, {name}"


class LoudGreeter(Greeter):
    def greet(self, name):
        return super().greet(name).upper()


def main():
    greeter = LoudGreeter(Chooser(WORDS))
    print(greeter.greet("Ada"))
