package io.caravanhub.edge;

import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.WriteResult;
import io.caravanhub.core.work.WorkRule;
import io.caravanhub.edge.clock.GatewayClock;
import io.caravanhub.edge.command.CommandOutcome;
import io.caravanhub.edge.command.Commands;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.uplink.HubChannels;
import io.caravanhub.edge.work.EdgeModels;
import io.caravanhub.edge.work.EdgeWork;
import java.util.List;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/** What the gateway does by itself with readings, and for the hub with devices. */
final class LocalWork implements AutoCloseable {
  private final EdgeSettings settings;
  private final EdgeModels models;
  private final EdgeWork work;
  private @Nullable Commands commands;

  /**
   * Opens the models.
   *
   * @throws IllegalArgumentException names the setting that is wrong
   */
  LocalWork(EdgeSettings settings) {
    this.settings = settings;
    models = new EdgeModels(settings.work());
    work = new EdgeWork(settings.work());
  }

  /** Puts its parts into the registry. */
  void bind(Main main, Spool spool, FieldbusComponent fieldbus, HubChannels hub) {
    main.addInitialProperty("channel.worked.to", "direct:forward.keep");
    main.bind(EdgeModels.NAME, models);
    main.bind(EdgeWork.NAME, work);
    Commands fresh =
        new Commands(
            settings.tenant(),
            settings.spool().folder(),
            (tenant, device, metric, value) ->
                fieldbus.write(tenant, device, metric, value).thenApply(LocalWork::outcome),
            hub,
            () -> hubMillis(spool.clock()));
    main.bind("edgeCommands", fresh);
    commands = fresh;
  }

  private static CommandOutcome outcome(WriteResult result) {
    CommandOutcome.State state =
        switch (result.state()) {
          case DONE -> CommandOutcome.State.DONE;
          case REFUSED -> CommandOutcome.State.REFUSED;
          case FAILED -> CommandOutcome.State.FAILED;
        };
    return new CommandOutcome(state, result.readBack(), result.reason());
  }

  private static long hubMillis(GatewayClock clock) {
    Long offset = clock.offset();
    return clock.time().wallMillis() + (offset == null ? 0 : offset);
  }

  /** Goes by these rules instead of those of the settings. */
  void follow(List<WorkRule> rules) {
    work.follow(rules);
  }

  /** Takes commands. */
  void start() {
    if (commands != null) {
      commands.start();
    }
  }

  @Override
  public void close() {
    if (commands != null) {
      commands.close();
    }
    models.close();
  }
}
