package dev.longshore.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What the JSON of JobRunr's jobs has in common. Bodies refer to its bytes by their distance from the end: it must never
 * change. A better one is a new format of {@link JobBody} beside the old.
 */
final class JobDictionary {
    // What every job has comes last: the shortest distances.
    private static final String TEXT = """
            "stackTrace":"\\n\\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:\
            \\n\\tat java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:\
            \\n\\tat org.jobrunr.server.runner.AbstractBackgroundJobRunner$BackgroundJobWorker.invokeJobMethod(\
            \\nCaused by: "exceptionCauseType":"java.io.IOException","exceptionCauseMessage":"","exceptionMessage":"\
            {"@class":"org.jobrunr.jobs.states.FailedState","state":"FAILED","createdAt":"",\
            "message":"An exception occurred during the performance of the job",\
            "exceptionType":"java.lang.IllegalStateException","doNotRetry":false},\
            {"@class":"org.jobrunr.jobs.states.CarbonAwareAwaitingState","state":"AWAITING","preferredInstant":"\
            {"@class":"org.jobrunr.jobs.states.DeletedState","state":"DELETED","createdAt":"","reason":""},\
            {"@class":"org.jobrunr.jobs.states.ScheduledState","state":"SCHEDULED","createdAt":"","scheduledAt":"\
            ","reason":"Retry 1 of 10"By recurring job 'Ahead of time by recurring job '\
            "jobRunrDashboardProgressBar-2":{"@class":"org.jobrunr.jobs.context.JobDashboardProgressBar$JobDashboardProgress",\
            "totalAmount":100,"succeededAmount":0,"failedAmount":0,"progress":0},\
            "jobRunrDashboardLog-2":{"@class":"org.jobrunr.jobs.context.JobDashboardLogger$JobDashboardLogLines",\
            "logLines":[{"level":"INFO","logInstant":"","logMessage":""}]},\
            ["java.util.ArrayList",[["java.util.ImmutableCollections$List12",[["java.util.UUID","\
            "scheduleExpression":"","zoneId":"Europe/","createdBy":"API","amountOfRetries":"recurringJobId":"\
            },{"@class":"org.jobrunr.jobs.states.SucceededState","state":"SUCCEEDED","createdAt":"2026-",\
            "latencyDuration":0.00,"processDuration":0.00\
            Z"},{"@class":"org.jobrunr.jobs.states.ProcessingState","state":"PROCESSING","createdAt":"2026-\
            Z","serverId":"","serverName":"","updatedAt":"2026-Z"}\
            {"id":"01","version":0,"jobDetails":{"className":"Handler","methodName":"run",\
            "jobParameters":[{"className":"Request","actualClassName":"Request","object":{\
            "}}],"cacheable":true},"jobHistory":[{"@class":"org.jobrunr.jobs.states.EnqueuedState",\
            "state":"ENQUEUED","createdAt":"2026-Z"}],"metadata":{"@class":"java.util.concurrent.ConcurrentHashMap"},\
            "jobSignature":".run(Request)","jobName":"Request)","labels":["queue:"]}""";

    private JobDictionary() {}

    static byte[] bytes() {
        return TEXT.getBytes(US_ASCII);
    }
}
