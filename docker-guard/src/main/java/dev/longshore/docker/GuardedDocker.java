package dev.longshore.docker;

/** To be replaced. */
public final class GuardedDocker {}
