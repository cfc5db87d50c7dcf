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
        "https://example.org/a@b/c,https://example.org/a@b/c",
        "https://user:p@ss@example.org/x,https://example.org/x",
        "HTTPS://user:p@ss:w@example.org:8443/a@b,https://example.org:8443/a@b",
        "git+ssh://git:secret@example.org/a/b,git+ssh://git@example.org/a/b",
        "ssh+git://git:s@cret@example.org/a/b,ssh+git://git@example.org/a/b",
        "ssh://git:p@ss@example.org/x,ssh://git@example.org/x",
        "ssh://git@example.org:2222/x,ssh://git@example.org:2222/x",
        "ssh://:secret@example.org/x,ssh://example.org/x",
        "git://user:secret@example.org/x,git://example.org/x",
        "ftp://user:secret@example.org/x,ftp://example.org/x",
        "git:p@ss@example.org:a/b,git@example.org:a/b",
        "https://user:se cret@example.org/x y,https://example.org/x y"
    })
    void secretsAreTakenOutOfAddresses(String url, String without) {
        assertThat(GitUrl.withoutCredentials(url)).isEqualTo(without);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user:p@ss@example.org/x",
                "https://user:pass@example.org:port/x",
                "https://user:pass@exa mple.org/x",
                "https://user:pass@/x",
                "git+ssh://git:pass@example.org/x",
                "git:pass@example.org:x"
            })
    void noIdentityAndNoNameHoldsAPassword(String url) {
        assertThat(GitUrl.identity(url)).doesNotContain("ss@").doesNotContain("pass");
        assertThat(GitUrl.name(url)).isEqualTo("x");
    }

    @Test
    void aPasswordMayHoldAnAtSign() {
        assertThat(GitUrl.credentials("https://user:p@ss@example.org/x"))
                .contains(new GitUrl.Credentials("user", "p@ss"));
    }

    @ParameterizedTest
    @CsvSource({
        "ssh://git@example.org/a,true",
        "git+ssh://git@example.org/a,true",
        "git@example.org:a,true",
        "https://example.org/a,false",
        "file:///a,false",
        "git://example.org/a,false"
    })
    void tellsWhatGoesThroughSsh(String url, boolean ssh) {
        assertThat(GitUrl.isSsh(url)).isEqualTo(ssh);
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
