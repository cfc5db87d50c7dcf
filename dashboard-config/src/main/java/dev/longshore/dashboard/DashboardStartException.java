package dev.longshore.dashboard;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The address and port cannot be had: another program has the port, or this user may not take it. */
public final class DashboardStartException extends Exception {
    private static final long serialVersionUID = 1L;

    private final InetSocketAddress address;

    DashboardStartException(InetSocketAddress address, IOException cause) {
        super(
                "the dashboard cannot listen on " + HostNames.inUrl(address.getAddress()) + ":" + address.getPort()
                        + ": " + cause.getMessage(),
                cause);
        this.address = address;
    }

    public InetSocketAddress address() {
        return address;
    }
}
