package dev.longshore.dashboard;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a dashboard listens, and who may use it. Immutable, and checked as a whole when it is built. */
public final class DashboardSettings {
    public static final int DEFAULT_PORT = 8000;
    public static final String DEFAULT_BIND = "127.0.0.1";
    public static final int SHORTEST_PASSWORD = 8;

    private final InetSocketAddress address;
    private final @Nullable Credentials credentials;
    private final Set<String> trustedHosts;

    private DashboardSettings(InetSocketAddress address, @Nullable Credentials credentials, Set<String> trustedHosts) {
        this.address = address;
        this.credentials = credentials;
        this.trustedHosts = Set.copyOf(trustedHosts);
    }

    /** Loopback, port 8000, no credentials. */
    public static DashboardSettings standard() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    public InetSocketAddress address() {
        return address;
    }

    Optional<Credentials> credentials() {
        return Optional.ofNullable(credentials);
    }

    /** Names, in lower case, besides those that go without saying, under which the dashboard is known to browsers. */
    public Set<String> trustedHosts() {
        return trustedHosts;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "DashboardSettings[address=" + address + ", credentials=" + (credentials == null ? "none" : "set")
                + ", trustedHosts=" + trustedHosts + "]";
    }

    /** Collects settings; nothing is checked before {@link #build()}. */
    public static final class Builder {
        private int port = DEFAULT_PORT;
        private String bind = DEFAULT_BIND;
        private @Nullable String user;
        private @Nullable String password;
        private final Set<String> trustedHosts = new LinkedHashSet<>();

        private Builder() {}

        /** 0 for any that is free. */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** An address of this machine, or a name that has one; {@code 0.0.0.0} or {@code ::} for all. */
        public Builder bind(String addressOrName) {
            this.bind = addressOrName.strip();
            return this;
        }

        public Builder user(String name) {
            this.user = name;
            return this;
        }

        public Builder password(String text) {
            this.password = text;
            return this;
        }

        /** The name under which browsers reach the dashboard, such as that of the reverse proxy before it. */
        public Builder trustedHost(String name) {
            trustedHosts.add(name.strip().toLowerCase(Locale.ROOT));
            return this;
        }

        /** Throws {@link InvalidDashboardException} with everything that is wrong. */
        public DashboardSettings build() {
            List<DashboardProblem> problems = new ArrayList<>();
            if (port < 0 || port > 65_535) {
                problems.add(new DashboardProblem.PortOutOfRange(port));
            }
            InetAddress address = address(problems);
            Credentials credentials = credentials(problems);
            if (address != null && !address.isLoopbackAddress() && user == null && password == null) {
                problems.add(new DashboardProblem.CredentialsMissing(bind));
            }
            for (String host : trustedHosts) {
                if (!HostNames.isName(host)) {
                    problems.add(new DashboardProblem.InvalidTrustedHost(host));
                }
            }
            if (!problems.isEmpty() || address == null) {
                throw new InvalidDashboardException(problems);
            }
            return new DashboardSettings(new InetSocketAddress(address, port), credentials, names(address));
        }

        private @Nullable InetAddress address(List<DashboardProblem> problems) {
            // Java takes no name for loopback.
            if (!bind.isEmpty()) {
                try {
                    return InetAddress.getByName(bind);
                } catch (UnknownHostException e) {
                    problems.add(new DashboardProblem.UnknownAddress(bind));
                    return null;
                }
            }
            problems.add(new DashboardProblem.UnknownAddress(bind));
            return null;
        }

        private @Nullable Credentials credentials(List<DashboardProblem> problems) {
            int before = problems.size();
            if (user == null && password == null) {
                return null;
            }
            if (user == null || user.isEmpty()) {
                problems.add(new DashboardProblem.UserMissing());
            } else if (user.indexOf(':') >= 0 || user.chars().anyMatch(Character::isISOControl)) {
                problems.add(new DashboardProblem.InvalidUser());
            }
            if (password == null || password.isEmpty()) {
                problems.add(new DashboardProblem.PasswordMissing());
            } else if (password.length() < SHORTEST_PASSWORD || password.chars().anyMatch(Character::isISOControl)) {
                problems.add(new DashboardProblem.WeakPassword(SHORTEST_PASSWORD));
            }
            if (problems.size() > before || user == null || password == null) {
                return null;
            }
            return new Credentials(user, password);
        }

        /** A name to bind to is one that browsers will use. */
        private Set<String> names(InetAddress address) {
            Set<String> names = new LinkedHashSet<>(trustedHosts);
            String name = bind.toLowerCase(Locale.ROOT);
            if (!HostNames.isAddress(name) && HostNames.isName(name) && !address.isAnyLocalAddress()) {
                names.add(name);
            }
            return names;
        }
    }
}
