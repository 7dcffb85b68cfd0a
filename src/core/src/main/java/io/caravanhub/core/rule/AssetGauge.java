package io.caravanhub.core.rule;

/** What another device at the asset last said. */
final class AssetGauge extends Gauge {
  private final RuleDevice device;
  private final Peers peers;
  private final long fresh;
  private final Amount.AtAsset there;

  AssetGauge(RuleDevice device, Peers peers, long fresh, Amount.AtAsset there) {
    this.device = device;
    this.peers = peers;
    this.fresh = fresh;
    this.there = there;
  }

  @Override
  double read(Moment now) {
    Peers.Reading reading = peers.atAsset(device, there.metric(), now, fresh);
    return reading == null ? Double.NaN : there.sight().see(reading.value(), reading.text());
  }
}
