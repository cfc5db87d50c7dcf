package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.docker.DockerFailure.PermissionDenied;
import dev.longshore.docker.DockerFailure.PermissionDenied.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketDiagnosisTest {
    private static final Path SOCKET = Path.of("/var/run/docker.sock");

    /** Owner uid:gid:mode of the socket; uid:gid of the process; C in a container, U in a user namespace of its own. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0:998:660     | 1000:1000   | -  | NOT_IN_GROUP  | sudo usermod -aG docker $USER, then log in again
                    0:998:660     | 1000:1000   | C  | NOT_IN_GROUP  | --group-add 998 (in compose: group_add: ["998"];
                    0:0:660       | 1000:1000   | -  | GROUP_IS_ROOT | groupadd -f docker
                    0:0:660       | 1000:1000   | C  | GROUP_IS_ROOT | --group-add 0
                    0:998:600     | 1000:1000   | -  | ANOTHER_USERS | root's alone
                    1001:1001:600 | 1000:1000   | -  | ANOTHER_USERS | sudo -u '#1001'
                    1001:1001:600 | 1000:1000   | C  | ANOTHER_USERS | --user 1001
                    65534:65534:660 | 1000:1000 | U  | NOT_MAPPED    | --userns host
                    65534:65534:660 | 0:0       | U  | NOT_MAPPED    | --userns host
                    65534:65534:600 | 0:0       | CU | NOT_MAPPED    | --userns host
                    0:998:660     | 1000:998    | -  | CONFINED      | SELinux
                    0:998:660     | 0:0         | -  | CONFINED      | SELinux
                    0:998:660     | 0:0         | C  | CONFINED      | label=disable
                    1000:1000:600 | 1000:1000   | -  | CONFINED      | SELinux
                    1000:998:060  | 1000:998    | -  | NOT_IN_GROUP  | usermod
                    """)
    void fixFitsTheReason(String socket, String process, String where, Reason reason, String fix) {
        String[] owner = socket.split(":", -1);
        String[] self = process.split(":", -1);
        int gid = Integer.parseInt(owner[1]);
        PermissionDenied denied = SocketDiagnosis.of(
                SOCKET,
                Optional.of(new SocketOwner(
                        Integer.parseInt(owner[0]),
                        owner[0],
                        gid,
                        gid == 998 ? "docker" : owner[1],
                        Integer.parseInt(owner[2], 8))),
                new SocketDiagnosis.Surroundings(
                        new ProcessIdentity(Integer.parseInt(self[0]), Set.of(Integer.parseInt(self[1]))),
                        where.contains("C"),
                        where.contains("U")));

        assertThat(denied.reason()).isEqualTo(reason);
        assertThat(denied.fix()).contains(fix).doesNotContain("chown").doesNotContain("chmod");
        assertThat(denied.message()).contains("/var/run/docker.sock").contains("uid " + self[0]);
    }

    @Test
    void groupWithoutANameIsLookedUpInTheCommand() {
        PermissionDenied denied = SocketDiagnosis.of(
                SOCKET,
                Optional.of(new SocketOwner(0, "root", 977, "977", 0660)),
                new SocketDiagnosis.Surroundings(new ProcessIdentity(1000, Set.of(1000)), false, false));

        assertThat(denied.fix()).contains("getent group 977");
        assertThat(denied.message())
                .isEqualTo(
                        "no permission for the Docker socket /var/run/docker.sock (owner 0 (root), group 977, mode 0660);"
                                + " this process has uid 1000, groups 1000");
    }

    @Test
    void socketInADirectoryThatCannotBeEntered() {
        PermissionDenied denied = SocketDiagnosis.of(
                SOCKET,
                Optional.empty(),
                new SocketDiagnosis.Surroundings(new ProcessIdentity(1000, Set.of(1000)), false, false));

        assertThat(denied.reason()).isEqualTo(Reason.DIRECTORY);
        assertThat(denied.fix()).contains("namei -l /var/run/docker.sock");
    }

    @Test
    void processIdentityIsReadFromTheKernel() throws IOException {
        ProcessIdentity parsed = ProcessIdentity.parse(
                "Name:\tjava\nUid:\t1000\t1001\t1000\t1000\nGid:\t5\t6\t5\t5\nGroups:\t7 4294967294 \n");

        assertThat(parsed).isEqualTo(new ProcessIdentity(1001, Set.of(6, 7, -2)));
        assertThat(parsed).hasToString("uid 1001, groups 4294967294 6 7");
        assertThat(ProcessIdentity.current().gids()).isNotEmpty();
    }
}
