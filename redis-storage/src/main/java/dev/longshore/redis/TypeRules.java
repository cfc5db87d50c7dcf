package dev.longshore.redis;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.concurrent.ConcurrentHashMap;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;

/** Which names of types may stand where in a job. Loads classes to learn of them; never initialises one, so that none runs. */
final class TypeRules {
    static final String JOB_REQUEST = JobRequest.class.getName();

    private static final String PARTS = "<>,";

    private final Map<String, Class<?>> requests = new HashMap<>();
    private final Set<String> handlers = new HashSet<>();
    private final Set<String> values;
    private final ClassLookup classes;
    private final Map<String, Boolean> handled = new ConcurrentHashMap<>();

    TypeRules(Set<Class<?>> requests, Set<Class<?>> handlers, Set<Class<?>> values) {
        requests.forEach(request -> this.requests.put(request.getName(), request));
        handlers.forEach(handler -> this.handlers.add(handler.getName()));
        Set<Class<?>> declaring = new HashSet<>(requests);
        declaring.addAll(values);
        this.values = new HashSet<>(SafeTypes.NAMES);
        new DeclaredTypes().of(declaring).forEach(type -> this.values.add(type.getName()));
        declaring.addAll(handlers);
        this.classes = new ClassLookup(declaring);
    }

    boolean isRequest(String name) {
        return requests.containsKey(name);
    }

    /** Whether the class may run the request, an allowed one. */
    boolean isHandler(String name, String request) {
        Class<?> wanted = requests.get(request);
        if (wanted == null) {
            return false;
        }
        // Bounded: only names of existing classes for allowed requests get in.
        String key = request + ' ' + name;
        Boolean known = handled.get(key);
        if (known == null) {
            Optional<Class<?>> type = classes.find(name);
            known = type.isPresent() && runs(type.get(), wanted);
            if (type.isPresent()) {
                handled.put(key, known);
            }
        }
        return known;
    }

    private boolean runs(Class<?> type, Class<?> request) {
        if (!JobRequestHandler.class.isAssignableFrom(type)) {
            return false;
        }
        boolean listed = handlers.contains(type.getName());
        try {
            for (Method method : type.getMethods()) {
                if (method.getName().equals("run") && method.getParameterCount() == 1 && !method.isBridge()) {
                    Class<?> takes = method.getParameterTypes()[0];
                    if (takes.isAssignableFrom(request) && (listed || takes != JobRequest.class)) {
                        return JobRequest.class.isAssignableFrom(takes) || takes == request;
                    }
                }
            }
            return false;
        } catch (LinkageError e) {
            // It needs a class that is not here; it could not run either.
            return false;
        }
    }

    /** Whether a mapper may make an object of this type. Arrays and Jackson's {@code Type<Of,These>} are as their parts. */
    boolean isValue(String name) {
        if (values.contains(name)) {
            return true;
        }
        return isCompound(name) && parts(name, true);
    }

    /** Whether the text, if a mapper took it for a type, would name an allowed one: no type at all, or a value. */
    boolean isValueOrNoType(String text) {
        if (values.contains(text)) {
            return true;
        }
        return isCompound(text)
                ? parts(text, false)
                : classes.find(text.strip()).isEmpty();
    }

    boolean isExceptionOrNoType(String text) {
        if (isCompound(text)) {
            return false;
        }
        return classes.find(text).map(Throwable.class::isAssignableFrom).orElse(true);
    }

    boolean isStepResult(String name) {
        return isValue(name) || classes.find(name).map(Class::isEnum).orElse(false);
    }

    private static boolean isCompound(String name) {
        return name.startsWith("[") || name.indexOf('<') >= 0;
    }

    private boolean parts(String name, boolean mustBeTypes) {
        StringTokenizer parts = new StringTokenizer(name, PARTS);
        while (parts.hasMoreTokens()) {
            String plain = element(parts.nextToken().strip());
            if (!plain.isEmpty()
                    && !values.contains(plain)
                    && (mustBeTypes || classes.find(plain).isPresent())) {
                return false;
            }
        }
        return true;
    }

    /** What an array's name, such as {@code [Ljava.lang.String;} or {@code [[I}, is made of; nothing for primitives. */
    private static String element(String name) {
        int at = 0;
        while (at < name.length() && name.charAt(at) == '[') {
            at++;
        }
        if (at == 0) {
            return name;
        }
        if (at + 1 == name.length() && "ZBCDFIJS".indexOf(name.charAt(at)) >= 0) {
            return "";
        }
        return name.startsWith("L", at) && name.endsWith(";") ? name.substring(at + 1, name.length() - 1) : name;
    }
}
