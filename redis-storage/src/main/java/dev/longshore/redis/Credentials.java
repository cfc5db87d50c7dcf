package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultRedisCredentials;
import redis.clients.jedis.RedisCredentials;

/** Whom Redis takes us for. Not a record: its text must not show the password. */
final class Credentials {
    private final @Nullable String user;
    private final @Nullable String password;
    private final @Nullable Path passwordFile;

    Credentials(@Nullable String user, @Nullable String password, @Nullable Path passwordFile) {
        this.user = user;
        this.password = password;
        this.passwordFile = passwordFile;
    }

    /** Null when Redis asks for none. A password file is read now: it may have been replaced. */
    @Nullable RedisCredentials read() throws IOException {
        if (passwordFile == null) {
            return password == null ? null : new DefaultRedisCredentials(user, password);
        }
        String text = Files.readString(passwordFile, UTF_8);
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return new DefaultRedisCredentials(user, text.substring(0, end));
    }

    @Override
    public String toString() {
        return user == null ? "(default user)" : user;
    }
}
