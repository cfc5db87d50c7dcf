package dev.longshore.redis;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What {@code head.lua} writes before a job's body, as far as Java must know it.
 *
 * @param size of the head itself, in bytes
 */
record Head(State state, int version, int size) {
    private static final int SIZE = 23;
    private static final int RECURRING_AT = 11;

    /**
     * Reads a head.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Head of(byte[] record) {
        ByteBuffer buffer = ByteBuffer.wrap(record);
        try {
            State state = State.of(buffer.get());
            int version = buffer.getInt();
            int recurring = buffer.getInt(RECURRING_AT);
            int size = recurring == 0 ? SIZE : SIZE + Double.BYTES;
            if (size > record.length) {
                throw new IllegalArgumentException("a record of " + record.length + " bytes");
            }
            return new Head(state, version, size);
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a record of " + record.length + " bytes", e);
        }
    }
}
