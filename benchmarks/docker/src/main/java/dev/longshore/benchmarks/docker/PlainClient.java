package dev.longshore.benchmarks.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Ulimit;
import com.github.dockerjava.api.model.Volume;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * docker-java as its documentation shows it: typed commands, pooled connections. Its containers are made with what the guard gives
 * to its own, so that the daemon has the same to do for both.
 */
final class PlainClient implements Client {
    private final DockerClient docker;
    private final String image;
    private final HostConfig host;

    PlainClient(String address, String apiVersion, String image, Path source, Path output) {
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(address)
                .withApiVersion(apiVersion)
                .build();
        this.docker = DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .build());
        this.image = image;
        this.host = HostConfig.newHostConfig()
                .withNetworkMode("none")
                .withIpcMode("private")
                .withReadonlyRootfs(true)
                .withInit(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"))
                .withMemory(2L << 30)
                .withMemorySwap(2L << 30)
                .withNanoCPUs(1_000_000_000L)
                .withPidsLimit(256L)
                .withShmSize(64L << 20)
                .withRestartPolicy(RestartPolicy.noRestart())
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                .withUlimits(List.of(
                        new Ulimit("nofile", 4096L, 4096L),
                        new Ulimit("core", 0L, 0L),
                        new Ulimit("fsize", (1L << 20) + 1, (1L << 20) + 1)))
                .withTmpFs(Map.of("/tmp", "rw,nosuid,nodev,noexec,size=268435456,mode=1777,uid=65534,gid=65534"))
                .withBinds(
                        new Bind(source.toString(), new Volume("/workspace"), AccessMode.ro),
                        new Bind(output.toString(), new Volume("/out"), AccessMode.rw));
    }

    @Override
    public String name() {
        return "docker-java";
    }

    @Override
    public void ping() {
        docker.pingCmd().exec();
    }

    @Override
    public void inspectImage() {
        docker.inspectImageCmd(image).exec();
    }

    @Override
    public void runContainer() throws Exception {
        String id = docker.createContainerCmd(image)
                .withHostConfig(host)
                .withUser("65534:65534")
                .withEnv("HOME=/tmp")
                .withCmd("true")
                .withNetworkDisabled(true)
                .withHostName("longshore")
                .exec()
                .getId();
        try (ResultCallback.Adapter<Frame> output = new ResultCallback.Adapter<>()) {
            docker.attachContainerCmd(id)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withFollowStream(true)
                    .exec(output);
            output.awaitStarted();
            docker.startContainerCmd(id).exec();
            try (WaitContainerResultCallback ending = new WaitContainerResultCallback()) {
                docker.waitContainerCmd(id).exec(ending);
                ending.awaitStatusCode(60, TimeUnit.SECONDS);
            }
            output.awaitCompletion(60, TimeUnit.SECONDS);
            InspectContainerResponse ended = docker.inspectContainerCmd(id).exec();
            Long code = ended.getState().getExitCodeLong();
            if (code == null || code != 0) {
                throw new IllegalStateException("the container exited with " + code);
            }
        } finally {
            docker.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        }
    }

    @Override
    public void close() throws Exception {
        docker.close();
    }
}
