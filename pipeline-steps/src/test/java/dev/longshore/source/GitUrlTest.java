package dev.longshore.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitUrlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/pallets/flask.git",
                "https://example.org/pallets/flask/",
                "https://user:secret@Example.org/pallets/flask",
                "git@example.org:pallets/flask.git",
                "ssh://git@example.org/pallets/flask",
                "git://example.org/pallets/flask.git"
            })
    void oneRepositoryHasOneIdentityHoweverItsAddressIsWritten(String url) {
        assertThat(GitUrl.looksLikeOne(url)).isTrue();
        assertThat(GitUrl.identity(url)).isEqualTo("example.org/pallets/flask");
        assertThat(GitUrl.name(url)).isEqualTo("flask");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flask", "./flask", "/srv/flask", "C:\\flask", "a b:c", "flask.git"})
    void aPathIsNoAddress(String text) {
        assertThat(GitUrl.looksLikeOne(text)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://user:secret@example.org/a/b.git,https://example.org/a/b.git",
        "https://token@example.org/a/b,https://example.org/a/b",
        "ssh://git:secret@example.org/a/b,ssh://git@example.org/a/b",
        "git@example.org:a/b,git@example.org:a/b",
        "https://example.org/a@b/c,https://example.org/a@b/c"
    })
    void secretsAreTakenOutOfAddresses(String url, String without) {
        assertThat(GitUrl.withoutCredentials(url)).isEqualTo(without);
    }

    @Test
    void aTokenWithoutAPasswordIsACredential() {
        assertThat(GitUrl.credentials("https://token@example.org/a/b")).contains(new GitUrl.Credentials("token", ""));
        assertThat(GitUrl.credentials("ssh://git@example.org/a/b")).isEmpty();
        assertThat(GitUrl.credentials("https://example.org/a/b")).isEmpty();
    }

    @Test
    void aSourceDoesNotPrintItsSecret() {
        Source.Git source = new Source.Git(
                "https://user:secret@example.org/a/b", java.util.Optional.empty(), java.util.Optional.empty());

        assertThat(source.toString()).doesNotContain("secret").contains("https://example.org/a/b");
        assertThat(GitUrl.credentials(source.url()).orElseThrow().toString()).doesNotContain("secret");
    }
}
