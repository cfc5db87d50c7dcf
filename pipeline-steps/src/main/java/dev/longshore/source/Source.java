package dev.longshore.source;

import java.nio.file.Path;
import java.util.Optional;

/** What a run ingests. */
public sealed interface Source {
    /** For people: the path or the URL, without user and password. */
    String display();

    /**
     * A directory, read as it is.
     *
     * @param path absolute
     * @param name what to call the repository instead of what is found
     */
    record Directory(Path path, Optional<String> name) implements Source {
        @Override
        public String display() {
            return path.toString();
        }
    }

    /**
     * A git repository, of which one commit is cloned.
     *
     * @param url anything git takes; may hold a user and password, which go nowhere but to the server
     * @param ref a branch, a tag or a commit; empty for the repository's default branch
     * @param name what to call the repository instead of what the URL says
     */
    record Git(String url, Optional<String> ref, Optional<String> name) implements Source {
        @Override
        public String display() {
            return GitUrl.withoutCredentials(url);
        }

        /** Leaves the credentials out: records are printed into logs. */
        @Override
        public String toString() {
            return "Git[url=" + display() + ", ref=" + ref + ", name=" + name + "]";
        }
    }
}
