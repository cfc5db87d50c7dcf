package dev.longshore.blarify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageContextTest {
    private final ImageContext context = ImageContext.load();

    @Test
    void holdsEveryFileOfTheImageThatTheBuildNeeds() throws Exception {
        Path image = Path.of(ImageContext.class.getResource("image/CONTEXT").toURI())
                .resolve("..")
                .normalize();
        // What people and the listing itself need, and the build does not.
        Set<String> not = Set.of("CONTEXT", "requirements.in");
        List<String> files;
        try (var walk = Files.walk(image)) {
            files = walk.filter(Files::isRegularFile)
                    .map(file -> image.relativize(file).toString())
                    .filter(name -> !not.contains(name) && !name.contains("__pycache__"))
                    .sorted()
                    .toList();
        }
        assertThat(context.files().keySet()).as("add the file to image/CONTEXT").containsExactlyElementsOf(files);
    }

    @Test
    void theTagIsMadeOfTheFiles() {
        assertThat(AnalyserImage.ofThisVersion().reference())
                .isEqualTo("longshore/blarify:" + context.digest().substring(0, 12));
        assertThat(context.digest()).isEqualTo(ImageContext.load().digest()).matches("[0-9a-f]{64}");
    }

    @Test
    void knowsTheBaseThatTheDockerfileNames() {
        assertThat(new String(context.files().get("Dockerfile"), UTF_8))
                .contains("ARG BASE_IMAGE=" + context.standardBase() + "\n");
    }
}
