package dev.longshore.docgrapher.docstring;

/**
 * The documentation of one definition, or of a whole file.
 *
 * @param owner what it documents
 * @param qualifiedName the owner's dotted chain of definitions inside the file; empty for a file
 * @param overload 1 for the file's first definition of that kind and name, 2 for the second, …
 * @param ownerLine 1-based line that the owner's definition starts on; 0 for a file
 * @param line 1-based line that the documentation starts on
 * @param text without comment marks and without the indentation that all its lines share
 */
public record Docstring(Owner owner, String qualifiedName, int overload, int ownerLine, int line, String text) {
    /** What a docstring can document. */
    public enum Owner {
        FILE,
        CLASS,
        FUNCTION
    }
}
