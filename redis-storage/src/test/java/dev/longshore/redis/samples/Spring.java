package dev.longshore.redis.samples;

import dev.longshore.redis.RedisStorageProvider;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.storage.StorageProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The README's sample for Spring. */
// sample: spring
@Configuration(proxyBeanMethods = false)
class Spring {
    @Bean(destroyMethod = "close")
    StorageProvider storageProvider(@Value("${jobs.redis-url}") String url, JobMapper jobMapper) {
        RedisStorageProvider store = RedisStorageProvider.builder(url).build();
        store.setJobMapper(jobMapper);
        return store;
    }
}
// end
