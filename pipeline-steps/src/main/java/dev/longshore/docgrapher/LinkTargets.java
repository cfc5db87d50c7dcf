package dev.longshore.docgrapher;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.longshore.docgrapher.format.ParsedDocument.Link;
import dev.longshore.graph.NodeId;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Resolves the targets of links against the files of the repository. Safe for use by many threads. */
final class LinkTargets {
    /** No program takes longer URLs; what is longer is data. */
    private static final int LONGEST = 8 * 1024;

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*", Pattern.DOTALL);
    private static final List<String> DOCUMENT_ENDINGS = List.of(".rst", ".md", ".txt", ".adoc", "");

    private static final String HTML = ".html";

    private final FileIndex files;

    LinkTargets(FileIndex files) {
        this.files = files;
    }

    /** @param document the path of the document that has the link */
    LinkTarget resolve(String document, Link.Kind kind, String target) {
        if (target.length() > LONGEST) {
            return new LinkTarget.Other();
        }
        return switch (kind) {
            case HREF, IMAGE -> href(document, target);
            case INCLUDE -> path(document, target, "");
            case DOC -> document(document, target);
            case LABEL -> throw new IllegalArgumentException("a label is no path");
        };
    }

    private LinkTarget href(String document, String target) {
        if (target.startsWith("//")) {
            return new LinkTarget.Url("https:" + target);
        }
        if (SCHEME.matcher(target).matches()) {
            String scheme = target.substring(0, target.indexOf(':')).toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("http") || scheme.equals("https") || scheme.equals("ftp");
            return web ? new LinkTarget.Url(target) : new LinkTarget.Other();
        }
        int hash = target.indexOf('#');
        String fragment = hash < 0 ? "" : decoded(target.substring(hash + 1));
        String path = hash < 0 ? target : target.substring(0, hash);
        int query = path.indexOf('?');
        if (query >= 0) {
            path = path.substring(0, query);
        }
        if (path.isEmpty()) {
            return fragment.isEmpty() || fragment.equals("top")
                    ? new LinkTarget.Other()
                    : new LinkTarget.Here(fragment);
        }
        LinkTarget found = path(document, decoded(path), fragment);
        // A name may really hold a percent sign.
        return found instanceof LinkTarget.Broken ? path(document, path, fragment) : found;
    }

    private LinkTarget path(String document, String path, String fragment) {
        Optional<String> normal = normalised(document, path);
        if (normal.isEmpty()) {
            return new LinkTarget.Outside();
        }
        Optional<LinkTarget> found = place(normal.get(), fragment);
        if (found.isEmpty() && path.startsWith("/")) {
            // The root of the docs is where Sphinx has its configuration.
            found = docsRoot(document)
                    .flatMap(root -> normalised(root + "/x", "." + path))
                    .flatMap(below -> place(below, fragment));
        }
        if (found.isEmpty() && path.endsWith(HTML)) {
            found = rendered(normal.get(), fragment);
        }
        return found.orElseGet(LinkTarget.Broken::new);
    }

    /** A page that a site generator makes of a document beside it. */
    private Optional<LinkTarget> rendered(String path, String fragment) {
        String stem = path.substring(0, path.length() - HTML.length());
        return DOCUMENT_ENDINGS.stream()
                .filter(ending -> !ending.isEmpty())
                .flatMap(ending -> place(stem + ending, fragment).stream())
                .findFirst();
    }

    private LinkTarget document(String document, String target) {
        if (target.indexOf(':') >= 0) {
            // A document of another project.
            return new LinkTarget.Other();
        }
        for (String ending : DOCUMENT_ENDINGS) {
            LinkTarget found = path(document, target + ending, "");
            if (found instanceof LinkTarget.Place) {
                return found;
            }
        }
        return new LinkTarget.Broken();
    }

    private Optional<LinkTarget> place(String path, String fragment) {
        Optional<NodeId> node = files.at(path);
        return node.map(id -> new LinkTarget.Place(id, path, fragment));
    }

    private Optional<String> docsRoot(String document) {
        for (int slash = document.lastIndexOf('/'); slash > 0; slash = document.lastIndexOf('/', slash - 1)) {
            String directory = document.substring(0, slash);
            if (files.file(directory + "/conf.py").isPresent()) {
                return Optional.of(directory);
            }
        }
        return Optional.empty();
    }

    /** A path from the root without {@code .} and {@code ..}; empty if it leads above the root. */
    private static Optional<String> normalised(String document, String path) {
        Deque<String> names = new ArrayDeque<>();
        if (!path.startsWith("/")) {
            String[] above = document.split("/", -1);
            for (int i = 0; i < above.length - 1; i++) {
                names.addLast(above[i]);
            }
        }
        for (String name : path.split("/", -1)) {
            if (name.equals("..")) {
                if (names.pollLast() == null) {
                    return Optional.empty();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return Optional.of(String.join("/", names));
    }

    /** With {@code %20} and its like decoded; a percent sign that begins no such thing stays. */
    static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (c == '%' && high >= 0 && low >= 0 && high * 16 + low != 0) {
                bytes.write(high * 16 + low);
                i += 3;
            } else {
                int end = text.offsetByCodePoints(i, 1);
                bytes.writeBytes(text.substring(i, end).getBytes(UTF_8));
                i = end;
            }
        }
        return bytes.toString(UTF_8);
    }
}
