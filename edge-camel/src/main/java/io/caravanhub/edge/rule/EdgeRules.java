package io.caravanhub.edge.rule;

import io.caravanhub.core.rule.RefusedRules;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.RuleFolder;
import io.caravanhub.core.rule.RuleProgram;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.edge.uplink.HealthPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step that judges what devices say by the rules of a folder, and passes it on as it is. What a
 * rule notices goes to the sink. A message that cannot be judged is passed on too, and counted.
 * Files are looked at every two seconds. Thread-safe; messages of one device are judged in the
 * order they come.
 */
public final class EdgeRules extends AsyncProcessorSupport implements HealthPart {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeRules.class);
  private static final long TICK_MILLIS = 2_000;
  private static final String JOURNAL = ".journal";
  private static final Duration FORGET = Duration.ofDays(31);

  private final @Nullable EdgeRuleSettings settings;
  private final EventSink sink;
  private final Clock clock;
  private final long tickMillis;
  private final Readings readings = new Readings();
  private final RuleCounts counts = new RuleCounts();
  private final Map<String, JudgedDevice> devices = new ConcurrentHashMap<>();
  private final Set<String> listed;
  private final long listening;
  private @Nullable RuleFolder folder;
  private volatile List<RuleBook.Entry> inForce = List.of();
  private volatile Map<String, String> theHubs = Map.of();
  private volatile List<RefusedRules> refused = List.of();
  private @Nullable ScheduledExecutorService ticking;
  private boolean reopened;

  /**
   * @param settings null for a gateway without rules, which passes everything on
   */
  public EdgeRules(@Nullable EdgeRuleSettings settings, EventSink sink) {
    this(settings, sink, Clock.systemUTC(), TICK_MILLIS);
  }

  EdgeRules(@Nullable EdgeRuleSettings settings, EventSink sink, Clock clock, long tickMillis) {
    this.settings = settings;
    this.sink = sink;
    this.clock = clock;
    this.tickMillis = tickMillis;
    this.listening = clock.millis();
    this.listed =
        settings == null
            ? Set.of()
            : settings.devices().stream().map(RuleDevice::serial).collect(Collectors.toSet());
  }

  @Override
  protected void doStart() {
    EdgeRuleSettings given = settings;
    if (given == null) {
      return;
    }
    if (folder == null) {
      folder = new RuleFolder(given.folder(), EdgeRules::noDrl);
    }
    if (!Files.isDirectory(given.folder())) {
      LOG.warn("rules: there is no folder {} yet", given.folder());
    }
    look();
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "edge-rules");
              thread.setDaemon(true);
              return thread;
            });
    ticking = started;
    started.scheduleWithFixedDelay(this::tick, tickMillis, tickMillis, TimeUnit.MILLISECONDS);
  }

  private static RuleProgram noDrl(String text) {
    throw new RuleException("", 1, "DRL is evaluated in the hub only");
  }

  @Override
  protected void doStop() {
    ScheduledExecutorService stopped = ticking;
    ticking = null;
    if (stopped != null) {
      stopped.shutdown();
    }
    devices.values().forEach(JudgedDevice::flush);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    if (settings != null) {
      Message message = exchange.getMessage();
      try {
        judge(message);
      } catch (RuntimeException e) {
        counts.failed();
        String device = message.getHeader(TelemetryHeaders.DEVICE, String.class);
        LOG.warn("A message of {} cannot be judged: {}", device, e.toString());
        JudgedDevice of = device == null ? null : devices.get(device);
        if (of != null) {
          of.forget();
        }
      }
    }
    callback.done(true);
    return true;
  }

  private void judge(Message message) {
    String device = message.getHeader(TelemetryHeaders.DEVICE, String.class);
    byte[] body = message.getBody(byte[].class);
    List<Measurement> read =
        device == null || body == null || message.getHeader(TelemetryHeaders.MAPPING) != null
            ? null
            : readings.read(body);
    if (device == null || read == null) {
      counts.foreign();
      return;
    }
    device(device).take(inForce, read, clock.millis());
  }

  private JudgedDevice device(String serial) {
    return devices.computeIfAbsent(serial, this::opened);
  }

  private JudgedDevice opened(String serial) {
    EdgeRuleSettings given = Objects.requireNonNull(settings);
    RuleDevice device =
        given.devices().stream()
            .filter(known -> known.serial().equals(serial))
            .findFirst()
            .orElseGet(() -> EdgeRuleSettings.device(given.tenant(), serial, "", "", ""));
    try {
      DeviceJournal journal = new DeviceJournal(given.state(), serial);
      return new JudgedDevice(device, journal, sink, counts, listening);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Devices that are listed are watched from the start; of others it is only told what the hub has
   * not heard yet. What a device left behind that is gone is forgotten after a month.
   */
  private void reopen() {
    try {
      EdgeRuleSettings given = Objects.requireNonNull(settings);
      listed.forEach(this::device);
      if (!Files.isDirectory(given.state())) {
        return;
      }
      try (Stream<Path> kept = Files.list(given.state())) {
        for (Path path : kept.toList()) {
          String name = path.getFileName().toString();
          boolean old =
              Files.getLastModifiedTime(path).toInstant().isBefore(clock.instant().minus(FORGET));
          if (name.endsWith(JOURNAL)) {
            name = name.substring(0, name.length() - JOURNAL.length());
            String serial = URLDecoder.decode(name, StandardCharsets.UTF_8);
            if (old && !devices.containsKey(serial)) {
              Files.delete(path);
            } else {
              device(serial);
            }
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("What rules remember cannot be read: {}", e.toString());
    }
  }

  synchronized void tick() {
    if (!reopened) {
      reopened = true;
      reopen();
    }
    try {
      look();
    } catch (RuntimeException e) {
      LOG.error("Rules stay as they are", e);
    }
    devices.forEach(this::tick);
  }

  private void tick(String serial, JudgedDevice device) {
    try {
      if (listed.contains(serial)) {
        device.watch(inForce, clock.millis());
      } else {
        device.retry(clock.millis());
      }
    } catch (RuntimeException e) {
      counts.failed();
      LOG.warn("Rules cannot look at {}: {}", serial, e.toString());
    }
  }

  /** Looks at the files. */
  private synchronized void look() {
    RuleFolder files = folder;
    if (files == null || !files.refresh()) {
      return;
    }
    List<RuleBook.Entry> entries = files.entries();
    Map<String, String> hubs = HubOnly.of(entries, listed);
    hubs.forEach(
        (rule, why) -> {
          if (!why.equals(theHubs.get(rule))) {
            LOG.info("{}: this condition is evaluated in the hub only: {}", rule, why);
          }
        });
    theHubs = hubs;
    refused = files.refused();
    inForce = HubOnly.without(entries, listed);
    LOG.info(
        "{} rules are evaluated here, {} in the hub only, {} files refused",
        inForce.size(),
        entries.size() - inForce.size(),
        refused.size());
  }

  /** Rules that are left to the hub, by {@code file: rule id}, with the reason. */
  Map<String, String> hubOnly() {
    return theHubs;
  }

  @Override
  public String name() {
    return "rules";
  }

  @Override
  public Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("in_force", inForce.size());
    report.put("hub_only", theHubs.size());
    report.put(
        "refused",
        refused.stream()
            .map(
                file ->
                    file.source() + ":" + file.line() + " " + file.field() + " " + file.reason())
            .toList());
    report.putAll(counts.report());
    return report;
  }
}
