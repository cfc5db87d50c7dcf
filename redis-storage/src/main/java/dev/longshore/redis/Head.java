package dev.longshore.redis;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What {@code head.lua} writes before a job's body, as far as Java must know it.
 *
 * @param size of the head itself, in bytes
 */
record Head(State state, int version, int size) {
    private static final int SIZE = 15;

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
            int recurring = buffer.getInt(SIZE - Integer.BYTES);
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
