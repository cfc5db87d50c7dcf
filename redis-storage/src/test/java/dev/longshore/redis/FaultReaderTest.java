package dev.longshore.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

class FaultReaderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LOADING Redis is loading the dataset in memory | LOADING",
                "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE. | BUSY",
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'. | MASTER_DOWN",
                "CLUSTERDOWN Hash slot not served | CLUSTER_DOWN",
                "TRYAGAIN Multiple keys request during rehashing of slot | TRY_AGAIN",
                "READONLY You can't write against a read only replica. | READ_ONLY",
                "OOM command not allowed when used memory > 'maxmemory'. script: 4f0, on @user_script:1. | OUT_OF_MEMORY",
                "ERR Error running script (call to f_4f0): @user_script:1: @user_script: 1: -OOM command not allowed when | OUT_OF_MEMORY",
                "ERR Error running script (call to f_4f0): @user_script:1: -READONLY You can't write against | READ_ONLY",
                "MISCONF Redis is configured to save RDB snapshots, but | CANNOT_PERSIST",
                "NOREPLICAS Not enough good replicas to write. | NO_REPLICAS",
                "NOAUTH Authentication required. | AUTHENTICATION",
                "WRONGPASS invalid username-password pair or user is disabled. | AUTHENTICATION",
                "ERR AUTH <password> called without any password configured for the default user. | AUTHENTICATION",
                "NOPERM this user has no permissions to run the 'set' command | PERMISSION",
                "ERR ACL failure in script: User u has no permissions to run the 'set' command | PERMISSION",
                "ERR max number of clients reached | TOO_MANY_CLIENTS",
                "ERR DB index is out of range | CONFIGURATION",
                "WRONGTYPE Operation against a key holding the wrong kind of value |",
                "ERR the job is gone |",
                "ERR OOMPH |",
            })
    void readsAnswers(String answer, RedisFault fault) {
        assertThat(FaultReader.read(new JedisDataException(answer))).isEqualTo(fault);
    }

    @ParameterizedTest
    @MethodSource
    void readsBrokenConnections(Exception cause, RedisFault fault) {
        JedisConnectionException wrapped = new JedisConnectionException("Failed to connect to h:1.");
        wrapped.addSuppressed(cause);

        assertThat(FaultReader.read(new JedisConnectionException(cause))).isEqualTo(fault);
        assertThat(FaultReader.read(wrapped)).isEqualTo(fault);
    }

    static Stream<Arguments> readsBrokenConnections() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), RedisFault.REFUSED),
                Arguments.of(new ConnectException("Connection timed out"), RedisFault.TIMEOUT),
                Arguments.of(new NoRouteToHostException("No route to host"), RedisFault.UNREACHABLE),
                Arguments.of(new UnknownHostException("h"), RedisFault.UNKNOWN_HOST),
                Arguments.of(new SocketTimeoutException("Read timed out"), RedisFault.TIMEOUT),
                Arguments.of(new SocketException("Connection reset"), RedisFault.LOST),
                Arguments.of(new SSLException("Received fatal alert: bad_certificate"), RedisFault.TLS),
                Arguments.of(new SSLException("Unsupported or unrecognized SSL message"), RedisFault.TLS),
                Arguments.of(new SSLHandshakeException("Remote host terminated the handshake"), RedisFault.LOST),
                Arguments.of(new IOException(new CertificateException("No name matching h found")), RedisFault.TLS));
    }

    @Test
    void readsTheLastLineOfARedisThatHangsUp() {
        assertThat(FaultReader.read(new JedisConnectionException("ERR max number of clients reached")))
                .isEqualTo(RedisFault.TOO_MANY_CLIENTS);
    }

    @Test
    void takesAnEndedStreamForALoss() {
        assertThat(FaultReader.read(new JedisConnectionException("Unexpected end of stream.")))
                .isEqualTo(RedisFault.LOST);
    }

    @Test
    void everyFaultSaysWhatItIsAndWhatToDo() {
        for (RedisFault fault : RedisFault.values()) {
            assertThat(fault.words()).as(fault.name()).isNotBlank().doesNotEndWith(".");
            assertThat(fault.advice()).as(fault.name()).endsWith(".");
        }
    }
}
