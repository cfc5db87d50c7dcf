package dev.longshore.run;

class InMemoryRunStoreTest extends RunStoreContract {
    @Override
    RunStore newStore() {
        return new InMemoryRunStore();
    }
}
