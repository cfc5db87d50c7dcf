package dev.longshore.redis;

import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * The types that a set of classes is made of: their own fields', these fields' type arguments, and what sealed ones permit.
 * What an application declares it means to have made; the JDK's own types are {@link SafeTypes}' business.
 */
final class DeclaredTypes {
    private final Set<Class<?>> found = new HashSet<>();
    private final Deque<Type> open = new ArrayDeque<>();

    Set<Class<?>> of(Set<Class<?>> roots) {
        open.addAll(roots);
        while (!open.isEmpty()) {
            visit(open.pop());
        }
        return found;
    }

    private void visit(Type type) {
        if (type instanceof Class<?> declared) {
            visitClass(declared);
        } else if (type instanceof ParameterizedType generic) {
            open.push(generic.getRawType());
            push(generic.getActualTypeArguments());
        } else if (type instanceof GenericArrayType array) {
            open.push(array.getGenericComponentType());
        } else if (type instanceof WildcardType wildcard) {
            push(wildcard.getUpperBounds());
            push(wildcard.getLowerBounds());
        } else if (type instanceof TypeVariable<?> variable && !variable.getBounds()[0].equals(Object.class)) {
            // A bound may name its variable again (T extends Comparable<T>): only its plain classes.
            for (Type bound : variable.getBounds()) {
                if (bound instanceof Class<?>) {
                    open.push(bound);
                }
            }
        }
    }

    private void visitClass(Class<?> type) {
        if (type.isArray()) {
            open.push(type.getComponentType());
            return;
        }
        if (type.isPrimitive() || type.getClassLoader() == null || !isApplications(type) || !found.add(type)) {
            return;
        }
        if (type.isSealed()) {
            push(type.getPermittedSubclasses());
        }
        for (Class<?> at = type; at != null && at != Object.class; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                    open.push(field.getGenericType());
                }
            }
        }
    }

    private static boolean isApplications(Class<?> type) {
        return !type.getName().startsWith("java.") && !type.getName().startsWith("javax.");
    }

    private void push(Type[] types) {
        for (Type type : types) {
            open.push(type);
        }
    }
}
