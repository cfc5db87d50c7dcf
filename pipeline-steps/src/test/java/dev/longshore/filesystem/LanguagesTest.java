package dev.longshore.filesystem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguagesTest {
    @ParameterizedTest
    @CsvSource({
        "a.py, python",
        "A.PY, python",
        "b.tsx, typescript",
        "b.jsx, javascript",
        "x.h, c",
        "x.C, cpp",
        "x.c, c",
        "Makefile, makefile",
        "Dockerfile, dockerfile",
        "Dockerfile.alpine, dockerfile",
        "Makefile.txt, text",
        "README, text",
        "README.md, markdown",
        "notes.rst, restructuredtext",
        "guide.adoc, asciidoc",
        "pom.xml, xml",
        "Program.cs, csharp",
        "index.php, php",
        ".gitignore, gitignore",
        "Cargo.lock, toml"
    })
    void byName(String name, String language) {
        assertThat(Languages.of(name, null)).contains(language);
    }

    @ParameterizedTest
    @CsvSource({
        "#!/bin/sh, shell",
        "#! /usr/bin/python3.11 -u, python",
        "#!/usr/bin/env node, javascript",
        "#!/usr/bin/env -S FOO=1 ruby -w, ruby",
        "#!/usr/local/bin/perl5, perl"
    })
    void byFirstLine(String line, String language) {
        assertThat(Languages.of("tool", line)).contains(language);
    }

    @Test
    void unknown() {
        assertThat(Languages.of("data.bin", null)).isEqualTo(Optional.empty());
        assertThat(Languages.of("tool", "#!")).isEmpty();
        assertThat(Languages.of("tool", "#!/usr/bin/env")).isEmpty();
        assertThat(Languages.of("tool", "#!/opt/own/interpreter")).isEmpty();
        assertThat(Languages.of(".bashrc2", null)).isEmpty();
    }
}
