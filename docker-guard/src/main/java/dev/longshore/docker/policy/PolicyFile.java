package dev.longshore.docker.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a policy from YAML and checks all of it before it says what is wrong. The form is in docs/policy.md. */
public final class PolicyFile {
    private static final String STANDARD = "standard-policy.yaml";
    private static final long LONGEST = 1 << 20;

    private PolicyFile() {}

    /**
     * The policy in a file, which itself is protected by it.
     *
     * @param places what {@code ${NAME}} stands for at the beginning of a path
     * @throws InvalidPolicyException with all that is wrong with it, also when everybody may write to it
     * @throws IOException the file cannot be read
     */
    public static GuardPolicy read(Path file, Map<String, Path> places) throws IOException {
        String origin = file.toString();
        if (Files.size(file) > LONGEST) {
            throw new InvalidPolicyException(
                    origin, List.of(PolicyProblem.nowhere("longer than 1 MiB: this is no policy")));
        }
        if (Files.getFileStore(file).supportsFileAttributeView("posix")
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new InvalidPolicyException(
                    origin,
                    List.of(PolicyProblem.nowhere(
                            "everybody on this host may change this file: take that away with chmod o-w " + file)));
        }
        try {
            return parse(origin, Files.readString(file), places).protecting(file.toRealPath());
        } catch (CharacterCodingException e) {
            throw new InvalidPolicyException(origin, List.of(PolicyProblem.nowhere("not UTF-8")));
        }
    }

    /**
     * The policy in a text.
     *
     * @param origin how to call the text in messages: its file's name
     * @param places what {@code ${NAME}} stands for at the beginning of a path
     * @throws InvalidPolicyException with all that is wrong with it
     */
    public static GuardPolicy parse(String origin, String yaml, Map<String, Path> places) {
        List<PolicyProblem> problems = new ArrayList<>();
        Section.Notes notes = new Section.Notes(origin, problems);
        Optional<GuardPolicy> policy =
                compose(yaml, problems).map(root -> new PolicyReader(notes, places).policy(root));
        if (!problems.isEmpty() || policy.isEmpty()) {
            throw new InvalidPolicyException(origin, problems);
        }
        return policy.get();
    }

    /** The text of the policy that holds where no file is named: one to start from. */
    public static String standardText() {
        try (InputStream in = PolicyFile.class.getResourceAsStream(STANDARD)) {
            if (in == null) {
                throw new IllegalStateException(STANDARD + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GuardPolicy standard(Path work) {
        return parse("the standard policy", standardText(), Map.of("work", work));
    }

    private static Optional<Node> compose(String yaml, List<PolicyProblem> problems) {
        try {
            // Keys given twice are told with their line by whoever reads the mapping.
            Optional<Node> root = new Compose(
                            LoadSettings.builder().setAllowDuplicateKeys(true).build())
                    .composeString(yaml);
            if (root.isEmpty()) {
                problems.add(PolicyProblem.nowhere("the file is empty: it would allow nothing"));
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(-1) + 1;
            problems.add(new PolicyProblem(line, "not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(PolicyProblem.nowhere("not YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }
}
