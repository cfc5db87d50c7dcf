package dev.longshore.source;

import java.io.File;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;
import org.jspecify.annotations.Nullable;

/**
 * Keeps JGit from leaving traces: by itself it measures how fine the times of a file system are by writing files into the
 * repository's own directory for seconds, saves what it measured in the user's home, and starts git to find its
 * configuration. A source is only read, and may be mounted read-only.
 */
public final class UnobtrusiveGit {
    private static final String FILE_SYSTEM = "filesystem";

    private UnobtrusiveGit() {}

    /** Call before any other use of JGit; calls after the first do nothing. */
    public static synchronized void install() {
        SystemReader current = SystemReader.getInstance();
        if (!(current instanceof Reader)) {
            SystemReader.setInstance(new Reader(current));
        }
    }

    private static final class Reader extends SystemReader.Delegate {
        private final SystemReader standard;

        Reader(SystemReader standard) {
            super(standard);
            this.standard = standard;
        }

        @Override
        public FileBasedConfig openUserConfig(Config parent, FS fs) {
            return new MeasuredConfig(
                    parent, standard.openUserConfig(parent, fs).getFile(), fs);
        }

        @Override
        public FileBasedConfig openSystemConfig(Config parent, FS fs) {
            File file = new File(getenv("GIT_CONFIG_SYSTEM") == null ? "/etc/gitconfig" : getenv("GIT_CONFIG_SYSTEM"));
            return new FileBasedConfig(parent, isSet("GIT_CONFIG_NOSYSTEM") ? new File("/dev/null") : file, fs);
        }

        private boolean isSet(String variable) {
            String value = getenv(variable);
            return value != null && !value.isEmpty() && !value.equals("0") && !value.equals("false");
        }
    }

    /** Has an answer where JGit asks how fine a file system's times are. */
    private static final class MeasuredConfig extends FileBasedConfig {
        MeasuredConfig(Config parent, File file, FS fs) {
            super(parent, file, fs);
        }

        @Override
        public @Nullable String getString(String section, @Nullable String subsection, String name) {
            if (section.equals(FILE_SYSTEM)) {
                if (name.equals("timestampResolution")) {
                    return "1 microseconds";
                }
                if (name.equals("minRacyThreshold")) {
                    return "20 milliseconds";
                }
            }
            return super.getString(section, subsection, name);
        }
    }
}
