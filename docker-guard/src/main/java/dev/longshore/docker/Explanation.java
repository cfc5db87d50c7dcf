package dev.longshore.docker;

import dev.longshore.docker.policy.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a policy says of a request, part by part. It is allowed if every part is.
 *
 * @param decisions at least one
 */
public record Explanation(List<Decision> decisions) {
    public Explanation {
        decisions = List.copyOf(decisions);
    }

    /**
     * What the settings' policy says of a request and of the files it means on this host, without a daemon: the image's content, the
     * daemon itself and what is in use are not looked at.
     */
    public static Explanation of(DockerSettings settings, ContainerRequest request) {
        ContainerRequest whole = PolicyCheck.withDefaults(settings.policy(), request);
        List<Decision> decisions = new ArrayList<>(PolicyCheck.request(settings.policy(), whole));
        BindRules rules = new BindRules(
                settings, new EndpointFinder(settings).find().endpoint(), request.step(), Optional.empty());
        for (Mount mount : whole.mounts()) {
            if (mount instanceof Mount.OfHost ofHost) {
                decisions.add(rules.check(ofHost).decision());
            }
        }
        return new Explanation(decisions);
    }

    public boolean allowed() {
        return decisions.stream().allMatch(Decision::allowed);
    }

    /** The decisions against it. */
    public List<Decision> denied() {
        return decisions.stream().filter(decision -> !decision.allowed()).toList();
    }
}
