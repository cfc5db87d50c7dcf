package dev.longshore.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** What an {@link IOException} means, in words: Java gives the common ones no message but the file's name. */
public final class SystemWords {
    private SystemWords() {}

    /** The file, if it is known, and what is wrong with it, on one line. */
    public static String describe(IOException e) {
        if (e instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile() + ": " + reason(file);
        }
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().replaceAll("\\s*\\R\\s*", " ");
    }

    /** What an exception wraps that only carries another through code which cannot throw it. */
    public static IOException wrapped(UncheckedIOException e) {
        IOException cause = e.getCause();
        return cause == null ? new IOException(e.getMessage()) : cause;
    }

    /** What to do about it; says where the program writes if nothing better is known. */
    public static String fix(IOException e) {
        return isDiskFull(e)
                ? "free some space, or name another directory with --work or --out"
                : "let this user read and write it, or name another directory with --work or --out";
    }

    /** Whether it says that no space is left, or none that this user may use. */
    public static boolean isDiskFull(IOException e) {
        String text = describe(e).toLowerCase(Locale.ROOT);
        return text.contains("no space left on device") || text.contains("disk quota exceeded");
    }

    private static String reason(FileSystemException e) {
        if (e.getReason() != null) {
            return e.getReason();
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "is there already, and is no directory that could be used";
        }
        if (e instanceof NotDirectoryException) {
            return "is no directory";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "is not empty";
        }
        return e.getClass().getSimpleName();
    }
}
