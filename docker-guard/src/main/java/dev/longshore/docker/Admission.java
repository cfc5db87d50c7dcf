package dev.longshore.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.docker.BindRules.Checked;
import dev.longshore.docker.DockerFailure.PolicyDenied;
import dev.longshore.docker.DockerFailure.QuotaExceeded;
import dev.longshore.docker.QuotaLedger.Excess;
import dev.longshore.docker.QuotaLedger.Share;
import dev.longshore.docker.policy.Decision;
import dev.longshore.docker.policy.GuardPolicy;
import dev.longshore.docker.policy.Quotas;
import dev.longshore.docker.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request's way past the policy: first by what it says, then by the files it means, then by what the daemon has behind the names in
 * it. Held open while its container lives: it has its share of the quotas until it is closed.
 */
final class Admission implements AutoCloseable {
    private final DaemonConnection daemon;
    private final ImageShelf images;
    private final Subject subject;
    private final ContainerRequest request;
    private final GuardPolicy policy;
    private final List<Decision> decisions = new ArrayList<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final List<Checked> sources = new ArrayList<>();
    private @Nullable BindRules rules;
    private @Nullable Placements places;
    private @Nullable String granted;
    private @Nullable ImageInfo image;
    private Optional<String> network = Optional.empty();

    private Admission(DaemonConnection daemon, ImageShelf images, ContainerRequest request) {
        this.daemon = daemon;
        this.images = images;
        this.request = request;
        this.policy = daemon.settings().policy();
        this.subject = Subject.of(daemon.settings().owner(), request);
    }

    /**
     * Has a request checked; it is let in by {@link #grant}.
     *
     * @param request with its limits
     * @throws DockerFailureException with {@link PolicyDenied}
     */
    static Admission check(DaemonConnection daemon, ImageShelf images, ContainerRequest request)
            throws InterruptedException {
        Admission admission = new Admission(daemon, images, request);
        admission.decisions.addAll(PolicyCheck.request(admission.policy, request));
        admission.requireAllowed();
        admission.askDaemon();
        admission.requireAllowed();
        daemon.observer().allowed(admission.subject, request.image(), admission.decisions);
        return admission;
    }

    /** All that would be decided of a request, whatever comes first. */
    static List<Decision> explain(DaemonConnection daemon, ImageShelf images, ContainerRequest request)
            throws InterruptedException {
        Admission admission = new Admission(daemon, images, request);
        admission.decisions.addAll(PolicyCheck.request(admission.policy, request));
        admission.askDaemon();
        if (!admission.policy.quotas().unlimited()) {
            QuotaLedger.of(daemon)
                    .denied(admission.policy.quotas(), Share.of(request), admission.listed())
                    .map(QuotaLedger.Excess::decision)
                    .ifPresent(admission.decisions::add);
        }
        return admission.decisions;
    }

    private void askDaemon() throws InterruptedException {
        daemon.requireHardening();
        DaemonFacts facts = DaemonFacts.of(daemon);
        decisions.addAll(facts.decide(policy.daemon()));
        BindRules own = new BindRules(daemon.settings(), daemon.endpoint(), request.step(), facts.root());
        rules = own;
        NamedObjects objects = new NamedObjects(daemon, subject);
        for (Mount mount : request.mounts()) {
            if (mount instanceof Mount.Volume volume) {
                objects.denied(volume).ifPresent(decisions::add);
                mounts.add(volume);
            } else if (mount instanceof Mount.OfHost ofHost) {
                Checked checked = own.check(ofHost);
                decisions.add(checked.decision());
                sources.add(checked);
                mounts.add(checked.mount());
            }
        }
        // What is denied already need not be looked up.
        if (decisions.stream().anyMatch(decision -> !decision.allowed())) {
            return;
        }
        if (request.network().isPresent()) {
            NamedObjects.Network found = objects.network(request.network().get());
            found.denied().ifPresent(decisions::add);
            network = found.id();
        }
        ImageInfo info = images.find(daemon, subject, request.image());
        decisions.addAll(new ImageCheck(policy.profile(request.step()), request.image())
                .byContent(info, request.mounts(), request.workingDirectory()));
        image = info;
    }

    private Map<String, Share> listed() throws InterruptedException {
        return QuotaLedger.listed(
                new Containers(daemon, subject).list(Owner.of(subject.owner().id())));
    }

    /**
     * Lets the request in.
     *
     * @param container the name that its container has, or will have
     * @throws DockerFailureException with {@link QuotaExceeded} if it can be let in later, with {@link PolicyDenied} if it asks for
     *     more than there ever is
     */
    void grant(String container) throws InterruptedException {
        Quotas quotas = policy.quotas();
        if (quotas.unlimited()) {
            return;
        }
        Map<String, Share> others = listed();
        // One that is taken over is there already.
        others.remove(container);
        Optional<Excess> excess = QuotaLedger.of(daemon).grant(quotas, container, Share.of(request), others);
        if (excess.isPresent()) {
            Excess over = excess.get();
            if (over.lasting()) {
                require(List.of(over.decision()));
            }
            throw new DockerFailureException(new QuotaExceeded(
                    over.quota() + " (" + over.rule() + ", " + over.where() + ")", over.asked(), over.left()));
        }
        granted = container;
    }

    private void requireAllowed() {
        require(decisions);
    }

    /** Throws for the first that is denied, with a word on the others. */
    static void require(List<Decision> decisions) {
        List<Decision> denied =
                decisions.stream().filter(decision -> !decision.allowed()).toList();
        if (!denied.isEmpty()) {
            Decision first = denied.get(0);
            List<String> others = denied.stream()
                    .skip(1)
                    .map(Decision::rule)
                    .map(Rule::id)
                    .distinct()
                    .toList();
            throw new DockerFailureException(new PolicyDenied(
                    first.rule().id(),
                    first.text() + (others.isEmpty() ? "" : "; nor by " + String.join(", ", others))));
        }
    }

    /**
     * Where the daemon has the sources of the mounts.
     *
     * @throws DockerFailureException with {@link PolicyDenied} for one that has a name there that may not be mounted
     */
    Placements place(HostPaths hostPaths) throws InterruptedException {
        if (rules == null) {
            throw new IllegalStateException("no request is let in without its mounts");
        }
        Placements found = hostPaths.place(sources.stream().map(Checked::mount).toList(), rules);
        places = found;
        return found;
    }

    /** What the daemon is told to create. */
    ObjectNode body() {
        return Hardening.create(
                request,
                subject.owner(),
                image(),
                mounts,
                network,
                policy.profile(request.step()).environment());
    }

    /** What the request's reference stands for now. */
    ImageInfo image() {
        if (image == null) {
            throw new IllegalStateException("no request is let in without its image");
        }
        return image;
    }

    /** The request's mounts, their sources resolved. */
    List<Mount> mounts() {
        return mounts;
    }

    /** To be called before the container is started. */
    void beforeStart() {
        new BoundSources(sources).changed().ifPresent(decision -> require(List.of(decision)));
    }

    /** To be called once the container has been started. */
    void afterStart(String container) throws InterruptedException {
        // What was copied is another file by its nature.
        BoundSources bound = new BoundSources(sources.stream()
                .filter(source -> places == null || !places.copied().contains(source.mount()))
                .toList());
        if (bound.isEmpty() || daemon.endpoint().socket().isEmpty()) {
            return;
        }
        JsonNode inspected = daemon.json(Call.get(
                        "inspect",
                        "/containers/" + container + "/json",
                        daemon.settings().callTimeout())
                .on(container)
                .by(subject));
        bound.differ(inspected).or(bound::changed).ifPresent(decision -> require(List.of(decision)));
    }

    @Override
    public void close() {
        if (granted != null) {
            QuotaLedger.of(daemon).release(granted);
        }
    }
}
