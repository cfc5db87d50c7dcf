package dev.longshore.integration;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The types, methods and constructors of a Java source tree as javac's parser has them, by {@code path name}. Without the
 * elements of annotation types, which javac calls methods and the graph does not have.
 */
record JavacView(Map<String, Integer> types, Map<String, Integer> methods) {
    static JavacView of(Path source) throws IOException {
        JavacView view = new JavacView(new TreeMap<>(), new TreeMap<>());
        List<Path> files;
        try (Stream<Path> all = Files.walk(source)) {
            files = all.filter(path -> path.toString().endsWith(".java")).toList();
        }
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    javac.getTask(null, manager, problem -> {}, null, null, manager.getJavaFileObjectsFromPaths(files));
            for (CompilationUnitTree unit : task.parse()) {
                String path =
                        source.relativize(Path.of(unit.getSourceFile().toUri())).toString();
                new Definitions(view, path).scan(unit, null);
            }
        }
        return view;
    }

    /** Walks one file, with the chain of the named definitions around it. */
    private static final class Definitions extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final JavacView view;
        private final String path;
        private final Deque<String> chain = new ArrayDeque<>();
        private Tree.Kind kind = Tree.Kind.COMPILATION_UNIT;

        Definitions(JavacView view, String path) {
            this.view = view;
            this.path = path;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void none) {
            String name = type.getSimpleName().toString();
            if (name.isEmpty()) {
                // Anonymous: what it defines belongs to what is around it.
                return super.visitClass(type, null);
            }
            chain.addLast(name);
            count(view.types());
            Tree.Kind around = kind;
            kind = type.getKind();
            super.visitClass(type, null);
            kind = around;
            chain.removeLast();
            return null;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void none) {
            if (kind == Tree.Kind.ANNOTATION_TYPE) {
                return null;
            }
            String name = method.getName().toString();
            chain.addLast(name.equals("<init>") ? String.valueOf(chain.peekLast()) : name);
            count(view.methods());
            super.visitMethod(method, null);
            chain.removeLast();
            return null;
        }

        private void count(Map<String, Integer> counts) {
            counts.merge(path + " " + String.join(".", chain), 1, Integer::sum);
        }
    }
}
