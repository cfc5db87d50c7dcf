package dev.longshore.run;

class InMemoryRunStoreTest extends RunStoreContract {
    @Override
    protected RunStore newStore() {
        return new InMemoryRunStore();
    }
}
