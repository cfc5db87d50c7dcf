package dev.longshore.redis;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The names of types that any job may name: what JobRunr itself writes, and values and collections of the JDK whose making
 * does nothing but hold data. No {@code URL}, whose hash asks a name server, no files, no streams, no classes.
 */
final class SafeTypes {
    static final Set<String> NAMES = names();

    private SafeTypes() {}

    private static Set<String> names() {
        Set<String> names = new HashSet<>();
        add(
                names,
                "org.jobrunr.jobs.states.",
                List.of(
                        "CarbonAwareAwaitingState",
                        "DeletedState",
                        "EnqueuedState",
                        "FailedState",
                        "ProcessingState",
                        "ScheduledState",
                        "SucceededState"));
        add(
                names,
                "org.jobrunr.jobs.context.",
                List.of("JobDashboardLogger$JobDashboardLogLines", "JobDashboardProgressBar$JobDashboardProgress"));
        add(
                names,
                "java.lang.",
                List.of(
                        "Boolean",
                        "Byte",
                        "Character",
                        "Double",
                        "Float",
                        "Integer",
                        "Long",
                        "Object",
                        "Short",
                        "String"));
        add(names, "java.math.", List.of("BigDecimal", "BigInteger"));
        add(
                names,
                "java.time.",
                List.of(
                        "DayOfWeek",
                        "Duration",
                        "Instant",
                        "LocalDate",
                        "LocalDateTime",
                        "LocalTime",
                        "Month",
                        "MonthDay",
                        "OffsetDateTime",
                        "OffsetTime",
                        "Period",
                        "Year",
                        "YearMonth",
                        "ZoneId",
                        "ZoneOffset",
                        "ZoneRegion",
                        "ZonedDateTime"));
        add(names, "java.net.", List.of("URI"));
        add(
                names,
                "java.util.",
                List.of(
                        "ArrayDeque",
                        "ArrayList",
                        "Arrays$ArrayList",
                        "BitSet",
                        "Currency",
                        "Date",
                        "EnumMap",
                        "EnumSet",
                        "HashMap",
                        "HashSet",
                        "LinkedHashMap",
                        "LinkedHashSet",
                        "LinkedList",
                        "Locale",
                        "Optional",
                        "OptionalDouble",
                        "OptionalInt",
                        "OptionalLong",
                        "TreeMap",
                        "TreeSet",
                        "UUID",
                        "Vector"));
        add(
                names,
                "java.util.Collections$",
                List.of(
                        "EmptyList",
                        "EmptyMap",
                        "EmptySet",
                        "SingletonList",
                        "SingletonMap",
                        "SingletonSet",
                        "SynchronizedCollection",
                        "SynchronizedList",
                        "SynchronizedMap",
                        "SynchronizedRandomAccessList",
                        "SynchronizedSet",
                        "UnmodifiableCollection",
                        "UnmodifiableList",
                        "UnmodifiableMap",
                        "UnmodifiableRandomAccessList",
                        "UnmodifiableSet",
                        "UnmodifiableSortedMap",
                        "UnmodifiableSortedSet"));
        add(
                names,
                "java.util.ImmutableCollections$",
                List.of("List12", "ListN", "Map1", "MapN", "Set12", "SetN", "SubList"));
        add(
                names,
                "java.util.concurrent.",
                List.of(
                        "ConcurrentHashMap",
                        "ConcurrentLinkedDeque",
                        "ConcurrentLinkedQueue",
                        "ConcurrentSkipListMap",
                        "ConcurrentSkipListSet",
                        "CopyOnWriteArrayList",
                        "CopyOnWriteArraySet"));
        add(names, "java.util.concurrent.atomic.", List.of("AtomicBoolean", "AtomicInteger", "AtomicLong"));
        return Set.copyOf(names);
    }

    private static void add(Set<String> names, String prefix, List<String> more) {
        more.forEach(name -> names.add(prefix + name));
    }
}
