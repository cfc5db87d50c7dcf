package dev.longshore.redis;

/** What is said on a link: requests and their answers. Repeated if it fails, and on another link. */
interface Exchange {
    /**
     * Says it and returns what is answered.
     *
     * @param asking whether the node is asked for what it is only about to get
     * @throws redis.clients.jedis.exceptions.JedisException if an answer did not come, or was an error
     */
    Object over(Link link, boolean asking);
}
