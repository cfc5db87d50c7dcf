"""The analyser of Longshore's blarify step: source files in, classes, functions and references out.

Start at ``__main__``: ``step`` reads what is asked, ``hierarchy`` finds the definitions of one file with
Blarify's language definitions, ``references`` resolves the names of one Python file with jedi, ``pool`` runs
both over many files in child processes, and ``graph`` writes the result.
"""
