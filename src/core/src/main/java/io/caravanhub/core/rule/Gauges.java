package io.caravanhub.core.rule;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the gauges of a device's rules. */
final class Gauges {
  private final RuleDevice device;
  private final Peers peers;
  private final RuleBook book;
  private final Function<String, Channel> channels;
  private final long fresh;

  /**
   * @param book has engineers' DRL, and the costs of expressions
   * @param channels gives the channel of a metric
   * @param fresh how old a value may be and still say something about now, in milliseconds
   */
  Gauges(
      RuleDevice device,
      Peers peers,
      RuleBook book,
      Function<String, Channel> channels,
      long fresh) {
    this.device = device;
    this.peers = peers;
    this.book = book;
    this.channels = channels;
    this.fresh = fresh;
  }

  Gauge of(Amount amount) {
    if (amount instanceof Amount.Latest latest) {
      Channel channel = channels.apply(latest.metric());
      return latest.deadband() == 0
          ? new LatestGauge(channel, fresh)
          : banded(channel, latest.deadband());
    }
    if (amount instanceof Amount.State state) {
      return new StateGauge(channels.apply(state.metric()), fresh, state.sight());
    }
    if (amount instanceof Amount.Change change) {
      return new ChangeGauge(channels.apply(change.metric()), fresh, change);
    }
    if (amount instanceof Amount.Moving moving) {
      return new MovingGauge(channels.apply(moving.metric()), fresh, moving);
    }
    if (amount instanceof Amount.Share share) {
      return timeline(share.metric(), share.sight(), share.window(), true);
    }
    if (amount instanceof Amount.Count count) {
      return timeline(count.metric(), count.sight(), count.window(), false);
    }
    if (amount instanceof Amount.Stuck stuck) {
      return new StuckGauge(channels.apply(stuck.metric()), fresh);
    }
    if (amount instanceof Amount.Missing missing) {
      return new MissingGauge(channels.apply(missing.metric()));
    }
    if (amount instanceof Amount.Score score) {
      ScoreGauge gauge = new ScoreGauge(channels.apply(score.metrics().get(0)), fresh, score);
      for (int i = 0; i < score.metrics().size(); i++) {
        channels.apply(score.metrics().get(i)).feeds(gauge, i);
      }
      return gauge;
    }
    if (amount instanceof Amount.Formula formula) {
      return new FormulaGauge(
          device,
          peers,
          fresh,
          book.costs(),
          formula.expression(),
          formula.metrics().stream().map(channels).toList());
    }
    if (amount instanceof Amount.Program program) {
      RuleProgram compiled = book.programs().get(program.name());
      return new ProgramGauge(compiled, program.metrics().stream().map(channels).toList(), fresh);
    }
    return amount instanceof Amount.AtAsset there
        ? new AssetGauge(device, peers, fresh, there)
        : new SilenceGauge();
  }

  private Gauge banded(Channel channel, double deadband) {
    BandGauge gauge = new BandGauge(channel, fresh, deadband);
    channel.feeds(gauge, 0);
    return gauge;
  }

  private Gauge timeline(String metric, Sight sight, Duration window, boolean share) {
    Channel channel = channels.apply(metric);
    TimelineGauge gauge = new TimelineGauge(channel, fresh, sight, window, share);
    channel.feeds(gauge, 0);
    return gauge;
  }

  /** What a limit is now, from the amount it limits. */
  Reference of(@Nullable Limit limit, Amount amount) {
    if (limit == null) {
      return now -> Double.NaN;
    }
    if (limit instanceof Limit.Constant constant) {
      return now -> constant.value();
    }
    if (limit instanceof Limit.OfMetric other) {
      Channel channel = channels.apply(other.name());
      return now ->
          channel.isFresh(now.time, fresh)
              ? channel.series.latest() * other.times() + other.plus()
              : Double.NaN;
    }
    String metric = amount.metrics().get(0);
    if (limit instanceof Limit.Ago ago) {
      PastGauge past = new PastGauge(ago.time(), fresh);
      channels.apply(metric).feeds(past, 0);
      return now -> past.read(now) * ago.times() + ago.plus();
    }
    Limit.Fleet fleet = (Limit.Fleet) limit;
    return now ->
        peers.median(device, fleet.group(), metric, now, fresh) * fleet.times() + fleet.plus();
  }

  /** A limit at work on one device; NaN when it cannot be told. */
  interface Reference {
    double at(Moment now);
  }
}
