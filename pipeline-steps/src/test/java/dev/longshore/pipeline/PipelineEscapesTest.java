package dev.longshore.pipeline;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pipeline could ask Docker for if it had the words. */
class PipelineEscapesTest {
    private final PipelineLoader loader = new PipelineLoader(StepTypes.onClassPath());

    private void load(String line) {
        loader.parse("p.yaml", "steps:\n  evil:\n    type: container\n    " + line.replace("\\n", "\n    ") + "\n");
    }

    @Test
    void aContainerStepIsLoaded() {
        assertThatCode(() -> load("options: { image: \"a/b:1\", env: [ A=b ], command: [ x ] }"))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            privileged: true                                        | unknown key privileged
            privileged: true\\noptions: { image: a }                | unknown key privileged
            network: host\\noptions: { image: a }                   | unknown key network
            user: root\\noptions: { image: a }                      | unknown key user
            volumes: [ "/:/host" ]\\noptions: { image: a }          | unknown key volumes
            devices: [ /dev/mem ]\\noptions: { image: a }           | unknown key devices
            labels: { dev.longshore.owner: x }\\noptions: { image: a } | unknown key labels
            options: { image: a, privileged: true }                 | unknown option privileged
            options: { image: a, Privileged: true }                 | unknown option Privileged
            options: { image: a, pid: host }                        | unknown option pid
            options: { image: a, ipc: host }                        | unknown option ipc
            options: { image: a, uts: host }                        | unknown option uts
            options: { image: a, userns: host }                     | unknown option userns
            options: { image: a, network: host }                    | unknown option network
            options: { image: a, capAdd: [ SYS_ADMIN ] }            | unknown option capAdd
            options: { image: a, cap-add: [ ALL ] }                 | unknown option cap-add
            options: { image: a, devices: [ /dev/sda ] }            | unknown option devices
            options: { image: a, deviceCgroupRules: [ "b *:* rwm" ] } | unknown option deviceCgroupRules
            options: { image: a, gpus: all }                        | unknown option gpus
            options: { image: a, securityOpt: [ seccomp=unconfined ] } | unknown option securityOpt
            options: { image: a, sysctls: [ kernel.core_pattern=x ] } | unknown option sysctls
            options: { image: a, runtime: evil }                    | unknown option runtime
            options: { image: a, cgroupParent: / }                  | unknown option cgroupParent
            options: { image: a, volumes: [ "/:/host" ] }           | unknown option volumes
            options: { image: a, volumesFrom: [ vault ] }           | unknown option volumesFrom
            options: { image: a, mounts: [ /etc ] }                 | unknown option mounts
            options: { image: a, tmpfs: [ "/run:exec" ] }           | unknown option tmpfs
            options: { image: a, labels: [ a=b ] }                  | unknown option labels
            options: { image: a, user: "0:0" }                      | unknown option user
            options: { image: a, groupAdd: [ docker ] }             | unknown option groupAdd
            options: { image: a, restart: always }                  | unknown option restart
            options: { image: a, hostname: db }                     | unknown option hostname
            options: { image: a, workingDirectory: /proc/self/fd/8 } | unknown option workingDirectory
            options: { image: ../containers/x }                     | is no image reference
            options: { image: "--privileged" }                      | is no image reference
            options: { image: "a?force=1" }                         | is no image reference
            options: { image: "a:b:c" }                             | is no image reference
            options: { image: "a@sha256:12" }                       | is no image reference
            options: { image: a, env: [ "A B=c" ] }                 | not a name for an environment variable
            options: { image: a, env: [ "BASH_FUNC_x%%=() { evil; }" ] } | not a name for an environment variable
            options: { image: a, env: [ LD_PRELOAD ] }              | is not of the form name=value
            options: { image: a, env: [ "A=b\\0c" ] }               | contains a NUL
            options: { image: a, command: [ "a\\0b" ] }             | contains a NUL
            limits: { memory: -1 }\\noptions: { image: a }          | memory must be a size
            limits: { memory: 0 }\\noptions: { image: a }           | memory must be a size
            limits: { cpus: 0 }\\noptions: { image: a }             | cpus must be a number
            limits: { pids: -1 }\\noptions: { image: a }            | pids must be a whole number
            limits: { swap: 1GiB }\\noptions: { image: a }          | unknown key swap
            timeout: 999d\\noptions: { image: a }                   | timeout must be a duration
            """)
    void hasNoWordForIt(String line, String message) {
        assertThatThrownBy(() -> load(line))
                .isInstanceOf(InvalidPipelineException.class)
                .hasMessageContaining(message);
    }
}
