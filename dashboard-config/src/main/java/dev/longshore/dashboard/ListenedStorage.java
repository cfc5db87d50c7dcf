package dev.longshore.dashboard;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.ThreadSafeStorageProvider;
import org.jobrunr.storage.listeners.StorageProviderChangeListener;

/** The storage as JobRunr's pages use it: they add listeners that they never remove, which ends with the dashboard. */
final class ListenedStorage extends ThreadSafeStorageProvider {
    private final Set<StorageProviderChangeListener> listeners = ConcurrentHashMap.newKeySet();

    ListenedStorage(StorageProvider storage) {
        super(storage);
    }

    @Override
    public void addJobStorageOnChangeListener(StorageProviderChangeListener listener) {
        listeners.add(listener);
        super.addJobStorageOnChangeListener(listener);
    }

    @Override
    public void removeJobStorageOnChangeListener(StorageProviderChangeListener listener) {
        listeners.remove(listener);
        super.removeJobStorageOnChangeListener(listener);
    }

    void removeListeners() {
        listeners.forEach(this::removeJobStorageOnChangeListener);
    }
}
