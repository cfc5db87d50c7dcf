package dev.longshore.docgrapher.format;

import dev.longshore.docgrapher.format.ParsedDocument.Link.Kind;
import java.util.List;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HardLineBreak;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.SoftLineBreak;
import org.commonmark.node.SourceSpan;
import org.commonmark.node.Text;

/**
 * Goes once over a Markdown document's tree, in the order of the text. Without recursion: how deep a document nests must
 * not depend on the thread's stack.
 */
final class MarkdownWalk {
    private final DocumentBuilder document;
    private final int linesBefore;
    /** The line of the last node that had one: a node without takes its predecessor's. */
    private int line = 1;

    /** @param linesBefore how many lines of the file precede the parsed text */
    MarkdownWalk(DocumentBuilder document, int linesBefore) {
        this.document = document;
        this.linesBefore = linesBefore;
    }

    void over(Node root) {
        Node node = root;
        int depth = 0;
        int links = 0;
        while (true) {
            enter(node, links > 0);
            // What stands for an image where it cannot be shown is plain text, links in it are none.
            if (node.getFirstChild() != null && !(node instanceof Image)) {
                links += node instanceof Link ? 1 : 0;
                node = node.getFirstChild();
                depth++;
                if (depth == MarkdownReader.NESTING) {
                    document.limited();
                }
                continue;
            }
            while (node != root && node.getNext() == null) {
                node = node.getParent();
                links -= node instanceof Link ? 1 : 0;
                depth--;
            }
            if (node == root) {
                return;
            }
            node = node.getNext();
        }
    }

    private void enter(Node node, boolean inLink) {
        List<SourceSpan> spans = node.getSourceSpans();
        if (!spans.isEmpty()) {
            line = spans.get(0).getLineIndex() + 1 + linesBefore;
        }
        if (node instanceof Text text) {
            if (!inLink) {
                BareUrls.find(text.getLiteral(), url -> document.link(line, Kind.HREF, url));
            }
        } else if (node instanceof Code code) {
            document.codeName(line, code.getLiteral(), "");
        } else if (node instanceof Link link) {
            document.link(line, Kind.HREF, link.getDestination());
        } else if (node instanceof Image image) {
            document.link(line, Kind.IMAGE, image.getDestination());
        } else if (node instanceof Heading heading) {
            document.heading(heading.getLevel(), line, text(heading, true), text(heading, false));
        } else if (node instanceof FencedCodeBlock block) {
            document.codeBlock(line, language(block.getInfo()));
        } else if (node instanceof IndentedCodeBlock) {
            document.codeBlock(line, "");
        } else if (node instanceof HtmlBlock html) {
            HtmlTags.find(html.getLiteral(), line, document);
        } else if (node instanceof HtmlInline html) {
            HtmlTags.find(html.getLiteral(), line, document);
        }
    }

    /** The first word of a fence's info string; {@code {.python}} and {@code python,ignore} are both Python. */
    private static String language(String info) {
        int start = 0;
        while (start < info.length() && (" \t{.".indexOf(info.charAt(start)) >= 0)) {
            start++;
        }
        int end = start;
        while (end < info.length() && " \t,{}:;".indexOf(info.charAt(end)) < 0) {
            end++;
        }
        return info.substring(start, end);
    }

    /** The text of a heading without its markup; of an image, the words that stand in for it, which no anchor has. */
    private static String text(Node root, boolean withImages) {
        StringBuilder text = new StringBuilder();
        Node node = root.getFirstChild();
        while (node != null) {
            if (node instanceof Text part) {
                text.append(part.getLiteral());
            } else if (node instanceof Code code) {
                text.append(code.getLiteral());
            } else if (node instanceof SoftLineBreak || node instanceof HardLineBreak) {
                text.append(' ');
            }
            boolean descend = withImages || !(node instanceof Image);
            if (descend && node.getFirstChild() != null) {
                node = node.getFirstChild();
                continue;
            }
            while (node != root && node.getNext() == null) {
                node = node.getParent();
            }
            node = node == root ? null : node.getNext();
        }
        return text.toString();
    }
}
