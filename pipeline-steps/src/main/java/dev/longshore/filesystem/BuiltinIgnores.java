package dev.longshore.filesystem;

import java.util.List;

/**
 * What is left out of a source that is no git work tree, without anyone asking: what tools and version control systems put
 * beside the sources. Listed in docs/steps/filesystem.md.
 */
final class BuiltinIgnores {
    static final IgnoreRules RULES = IgnoreRules.of(List.of(
            // version control
            ".hg/",
            ".svn/",
            ".bzr/",
            ".jj/",
            ".sl/",
            "_darcs/",
            "CVS/",
            // dependencies and caches that a tool fetches or makes again
            "node_modules/",
            "bower_components/",
            "__pycache__/",
            "*.pyc",
            ".venv/",
            ".tox/",
            ".nox/",
            ".eggs/",
            ".mypy_cache/",
            ".pytest_cache/",
            ".ruff_cache/",
            ".hypothesis/",
            ".ipynb_checkpoints/",
            ".gradle/",
            ".terraform/",
            // editors and desktops
            ".idea/",
            ".vs/",
            ".DS_Store",
            "Thumbs.db"));

    private BuiltinIgnores() {}
}
