package dev.longshore.dashboard;

/** One thing that is wrong with the settings of a dashboard. */
public sealed interface DashboardProblem {
    /** What is wrong and what to do about it, in one sentence. Holds no password. */
    String message();

    /** No port has this number. */
    record PortOutOfRange(int port) implements DashboardProblem {
        @Override
        public String message() {
            return "the port " + port + " is none: choose one from 1 to 65535, or 0 for any that is free";
        }
    }

    /** Nothing here goes by this address. */
    record UnknownAddress(String address) implements DashboardProblem {
        @Override
        public String message() {
            return "\"" + address
                    + "\" is no address to bind to: give an IP address of this machine or a name that has one";
        }
    }

    /** Everybody who reaches that address could read, delete and start jobs. */
    record CredentialsMissing(String address) implements DashboardProblem {
        @Override
        public String message() {
            return "other machines may reach " + address
                    + ", so that the dashboard needs a user and a password there; without them it binds to loopback only";
        }
    }

    /** A user without a password. */
    record PasswordMissing() implements DashboardProblem {
        @Override
        public String message() {
            return "there is a user but no password";
        }
    }

    /** A password without a user. */
    record UserMissing() implements DashboardProblem {
        @Override
        public String message() {
            return "there is a password but no user";
        }
    }

    /** A user that basic authentication cannot carry. */
    record InvalidUser() implements DashboardProblem {
        @Override
        public String message() {
            return "the user may hold neither a colon nor control characters";
        }
    }

    /** Too easy to guess: it needs at least {@code characters}. */
    record WeakPassword(int characters) implements DashboardProblem {
        @Override
        public String message() {
            return "the password must have at least " + characters
                    + " characters, and none that is a control character";
        }
    }

    /** Not the bare name that a browser sends. */
    record InvalidTrustedHost(String host) implements DashboardProblem {
        @Override
        public String message() {
            return "\"" + host
                    + "\" is no host name to trust: give the name alone, without scheme, port, path or wildcard";
        }
    }
}
