package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines of {@code /proc} as engines and kernels of all kinds make them. */
class SelfContainerTest {
    private static final String ID = "4f5c6d7e8f901a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819203";
    private static final String OTHER = "aa5c6d7e8f901a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192ff";

    @TempDir
    Path root;

    private SelfContainer read(String mountinfo, String cgroup, String hostName) throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        Files.createDirectories(root.resolve("proc/sys/kernel"));
        Files.writeString(root.resolve("proc/self/mountinfo"), mountinfo);
        Files.writeString(root.resolve("proc/self/cgroup"), cgroup);
        Files.writeString(root.resolve("proc/sys/kernel/hostname"), hostName + "\n");
        return SelfContainer.read(root);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Docker, v1             | 12:memory:/docker/ID",
                "Docker, v1, named      | 1:name=systemd:/docker/ID",
                "Docker, systemd        | 4:memory:/system.slice/docker-ID.scope",
                "Docker, v2, host's     | 0::/system.slice/docker-ID.scope",
                "Docker, v2, cgroupfs   | 0::/docker/ID",
                "inside of another      | 0::/docker/" + OTHER + "/docker/ID",
                "Docker with a child    | 0::/docker/ID/init",
                "rootless               | 0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-ID.scope",
                "Podman                 | 0::/machine.slice/libpod-ID.scope/container",
                "Kubernetes, containerd | 0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-ID.scope",
                "Kubernetes, v1         | 11:cpu:/kubepods/besteffort/pod12-34/ID",
            })
    void findsItsIdInTheCgroup(String engine, String line) throws IOException {
        SelfContainer self = read("", line.replace("ID", ID) + "\n", "worker");

        assertThat(self.candidates()).as(engine).contains(ID).allMatch(id -> id.equals(ID) || id.equals(OTHER));
        assertThat(self.perhaps()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Docker           | /var/lib/docker/containers/ID/hostname | /etc/hostname",
                "own file system  | /containers/ID/resolv.conf | /etc/resolv.conf",
                "another place    | /srv/docker/containers/ID/hosts | /etc/hosts",
                "rootless         | /home/u/.local/share/docker/containers/ID/hosts | /etc/hosts",
                "Podman           | /containers/storage/overlay-containers/ID/userdata/hostname | /etc/hostname",
                "rootless Podman  | /user/1000/containers/overlay-containers/ID/userdata/hosts | /etc/hosts",
            })
    void findsItsIdInTheMountsWithAPrivateCgroupAndAHostNameOfItsOwn(String engine, String from, String at)
            throws IOException {
        String line = "700 690 254:1 " + from.replace("ID", ID) + " " + at + " rw,relatime - ext4 /dev/vda1 rw\n";

        SelfContainer self = read(line, "0::/\n", "worker");

        assertThat(self.candidates()).as(engine).containsExactly(ID);
    }

    @Test
    void takesAHostNameThatLooksLikeAnId() throws IOException {
        assertThat(read("", "0::/\n", ID.substring(0, 12)).candidates()).containsExactly(ID.substring(0, 12));
    }

    @ParameterizedTest
    @CsvSource({"vm", "4f5c6d7e8f90x", "4F5C6D7E8F90", "longshore-1"})
    void takesNoOtherHostName(String name) throws IOException {
        SelfContainer self = read("", "0::/\n", name);

        assertThat(self.candidates()).isEmpty();
        assertThat(self.perhaps()).isFalse();
        assertThat(self.hostName()).isEqualTo(name);
    }

    @Test
    void aMachineIsNoContainer() throws IOException {
        SelfContainer self = read(
                "27 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n"
                        + "28 27 0:21 / /proc rw - proc proc rw\n"
                        + "90 27 0:60 / /var/lib/docker/overlay2/" + OTHER + "/merged rw - overlay overlay"
                        + " rw,lowerdir=/l,upperdir=/var/lib/docker/overlay2/" + OTHER + "/diff,workdir=/w\n",
                "0::/user.slice/user-1000.slice/session-3.scope\n",
                "vm");

        assertThat(self.perhaps()).isFalse();
    }

    @Test
    void aMarkAloneSaysThatItMayBeOne() throws IOException {
        Files.createFile(root.resolve(".dockerenv"));

        SelfContainer self = read("", "0::/\n", "vm");

        assertThat(self.perhaps()).isTrue();
        assertThat(self.candidates()).isEmpty();
    }

    @Test
    void readsTheMarkOfPodman() throws IOException {
        Files.createDirectories(root.resolve("run"));
        Files.writeString(
                root.resolve("run/.containerenv"), "engine=\"podman-4.3.1\"\nname=\"worker\"\nid=\"" + ID + "\"\n");

        assertThat(read("", "0::/\n", "vm").candidates()).containsExactly(ID);
    }

    @Test
    void isNotTheContainerWhoseNetworkItShares() throws IOException {
        // Its engine files are the other's: /etc/hosts and the name servers come with the network.
        SelfContainer self = read(
                "1 0 0:9 / / rw - overlay overlay rw,lowerdir=/a:/b,upperdir=/var/lib/docker/overlay2/mine/diff,workdir=/w\n"
                        + "2 1 254:1 /var/lib/docker/containers/" + OTHER + "/hosts /etc/hosts rw - ext4 /dev/vda1 rw\n"
                        + "3 1 254:1 /srv/my\\040data /data rw - ext4 /dev/vda1 rw\n",
                "0::/\n",
                "worker");
        OwnMounts mine = mounts("[{'Type':'bind','Source':'/srv/my data','Destination':'/data'}]");
        OwnMounts others = mounts("[{'Type':'volume','Name':'v','Source':'/v','Destination':'/cache'}]");

        assertThat(self.candidates()).containsExactly(OTHER);
        assertThat(self.canBe(others, Optional.empty())).isFalse();
        assertThat(self.canBe(mine, Optional.of("/var/lib/docker/overlay2/others/diff")))
                .isFalse();
        assertThat(self.canBe(mine, Optional.of("/var/lib/docker/overlay2/mine/diff")))
                .isTrue();
        assertThat(self.canBe(mine, Optional.empty())).isTrue();
    }

    @Test
    void readsMountPointsWithBlanks() throws IOException {
        SelfContainer self = read("3 1 254:1 /srv /my\\040data rw - ext4 /dev/vda1 rw\nhalf a line\n", "", "vm");

        assertThat(self.mountPoints()).containsExactly(Path.of("/my data"));
    }

    static OwnMounts mounts(String json) throws IOException {
        JsonNode container =
                DaemonConnection.JSON.readTree(("{'Id':'" + ID + "','Mounts':" + json + "}").replace('\'', '"'));
        return OwnMounts.of(container);
    }

    @Test
    void withoutProcItIsNoContainer() {
        SelfContainer self = SelfContainer.read(root.resolve("nothing"));

        assertThat(self.perhaps()).isFalse();
        assertThat(List.of(self.mountPoints(), self.layers())).allMatch(set -> set.isEmpty());
    }
}
