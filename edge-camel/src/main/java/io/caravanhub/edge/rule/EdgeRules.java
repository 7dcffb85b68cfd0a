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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Files are looked at every two seconds. At most 10,000 devices are judged besides those that are
 * listed: when there is no room, those make it that said nothing for an hour. Thread-safe; messages
 * of one device are judged in the order they come.
 */
public final class EdgeRules extends AsyncProcessorSupport implements HealthPart {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeRules.class);
  private static final long TICK_MILLIS = 2_000;
  private static final Duration FORGET = Duration.ofDays(31);
  private static final Duration IDLE = Duration.ofHours(1);
  private static final int DEVICES_MAX = 10_000;
  private static final int LEAVE_TOGETHER = 1_000;

  private final @Nullable EdgeRuleSettings settings;
  private final EventSink sink;
  private final Clock clock;
  private final long tickMillis;
  private final int devicesMax;
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
    this(settings, sink, clock, tickMillis, DEVICES_MAX);
  }

  EdgeRules(
      @Nullable EdgeRuleSettings settings,
      EventSink sink,
      Clock clock,
      long tickMillis,
      int devicesMax) {
    this.devicesMax = devicesMax;
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
    while (true) {
      JudgedDevice of = device(device);
      if (of == null) {
        counts.overLimit();
        return;
      }
      if (of.take(inForce, read, clock.millis())) {
        return;
      }
      devices.remove(device, of);
    }
  }

  /** Null when there is no room for it. */
  private @Nullable JudgedDevice device(String serial) {
    JudgedDevice known = devices.get(serial);
    if (known != null || devices.size() >= devicesMax && !listed.contains(serial)) {
      return known;
    }
    return devices.computeIfAbsent(serial, this::opened);
  }

  /** Those that said nothing for longest make room, and what was remembered of them goes. */
  private void makeRoom() {
    long silentSince = clock.millis() - IDLE.toMillis();
    Comparator<Map.Entry<String, Long>> longest = Map.Entry.comparingByValue();
    devices.entrySet().stream()
        .filter(entry -> !listed.contains(entry.getKey()))
        .map(entry -> Map.entry(entry.getKey(), entry.getValue().takenAt()))
        .filter(entry -> entry.getValue() <= silentSince)
        .sorted(longest)
        .limit(LEAVE_TOGETHER)
        .forEach(
            entry -> {
              JudgedDevice device = devices.get(entry.getKey());
              if (device != null && device.leave(silentSince)) {
                devices.remove(entry.getKey(), device);
                counts.forgotten();
              }
            });
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
      return new JudgedDevice(device, journal, sink, counts, listening, clock.millis());
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
      List<Map.Entry<Path, FileTime>> newest = new ArrayList<>();
      try (Stream<Path> kept = Files.list(given.state())) {
        for (Path path : kept.toList()) {
          newest.add(Map.entry(path, Files.getLastModifiedTime(path)));
        }
      }
      newest.sort(Map.Entry.<Path, FileTime>comparingByValue().reversed());
      for (Map.Entry<Path, FileTime> kept : newest) {
        reopen(kept.getKey(), kept.getValue().toInstant());
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("What rules remember cannot be read: {}", e.toString());
    }
  }

  private void reopen(Path path, Instant written) throws IOException {
    boolean old = written.isBefore(clock.instant().minus(FORGET));
    String serial = DeviceJournal.device(path);
    if (!Files.exists(path) || serial != null && devices.containsKey(serial)) {
      return;
    }
    if (old) {
      Files.deleteIfExists(path);
    } else if (serial != null && device(serial) == null) {
      DeviceJournal journal = new DeviceJournal(Objects.requireNonNull(settings).state(), serial);
      if (journal.isUntold()) {
        // Above the limit until the hub has heard of it.
        devices.computeIfAbsent(serial, this::opened);
      } else {
        journal.delete();
        counts.forgotten();
      }
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
    if (devices.size() >= devicesMax) {
      makeRoom();
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
    report.put("devices", devices.size());
    report.putAll(counts.report());
    return report;
  }
}
