package dev.longshore.redis;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds a class as JobRunr and its mappers would, but does not initialise it: nothing of it runs. */
final class ClassLookup {
    /** Bounds what names from outside can take; beyond it they are looked up each time. */
    private static final int REMEMBERED = 4096;

    private static final int LONGEST_REMEMBERED = 200;

    private final Set<ClassLoader> loaders = new LinkedHashSet<>();
    private final Map<String, Optional<Class<?>>> found = new ConcurrentHashMap<>();

    ClassLookup(Set<Class<?>> known) {
        add(Thread.currentThread().getContextClassLoader());
        known.forEach(type -> add(type.getClassLoader()));
        add(ClassLookup.class.getClassLoader());
        add(ClassLoader.getSystemClassLoader());
    }

    private void add(@Nullable ClassLoader loader) {
        if (loader != null) {
            loaders.add(loader);
        }
    }

    Optional<Class<?>> find(String name) {
        if (!couldBeClass(name)) {
            return Optional.empty();
        }
        Optional<Class<?>> known = found.get(name);
        if (known == null) {
            known = loaders.stream()
                    .map(loader -> load(name, loader))
                    .flatMap(Optional::stream)
                    .findFirst();
            if (found.size() < REMEMBERED && name.length() <= LONGEST_REMEMBERED) {
                found.put(name, known);
            }
        }
        if (known.isPresent()) {
            return known;
        }
        ClassLoader current = Thread.currentThread().getContextClassLoader();
        return current == null || loaders.contains(current) ? known : load(name, current);
    }

    private static Optional<Class<?>> load(String name, ClassLoader loader) {
        try {
            return Optional.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (LinkageError e) {
            // There is such a class, and it cannot be used: as good as one that is not allowed.
            return Optional.of(Void.class);
        }
    }

    private static boolean couldBeClass(String name) {
        boolean start = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                if (start) {
                    return false;
                }
                start = true;
            } else if (start ? !Character.isJavaIdentifierStart(c) && !Character.isSurrogate(c) : isNoPart(c)) {
                return false;
            } else {
                start = false;
            }
        }
        return !start;
    }

    private static boolean isNoPart(char c) {
        // Class files may have names that Java does not allow; only these characters no class name can have.
        return c == ';' || c == '[' || c == '/' || c <= ' ';
    }
}
