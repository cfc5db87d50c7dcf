package dev.longshore.worker.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has SIGINT and SIGTERM call something instead of ending the process, each time that they come: a JVM that is ending by
 * itself takes no notice of a second one.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** False where this Java has no such thing: then signals end the process as ever. */
    static boolean handle(Runnable told) {
        try {
            // By reflection: the compiler warns of the class by name, although every JDK exports it.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                told.run();
                                yield null;
                            }
                            case "equals" -> proxy == arguments[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "Signals";
                        };
                    });
            for (String name : new String[] {"INT", "TERM"}) {
                Object one = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, handlerType).invoke(null, one, handler);
            }
            return true;
        } catch (ClassNotFoundException | NoSuchMethodException | InstantiationException e) {
            LOG.debug("this Java has no signals", e);
        } catch (IllegalAccessException | InvocationTargetException e) {
            LOG.warn("signals end this process at once: {}", e.toString());
        }
        return false;
    }
}
