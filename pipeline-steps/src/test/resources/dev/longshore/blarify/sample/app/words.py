WORDS = ["Hello", "Moin"]


class Chooser:
    def __init__(self, words):
        self.words = words

    def choose(self):
        return self.words[0]
