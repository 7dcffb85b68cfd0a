package io.caravanhub.core.suggest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TagProposalTest {
  @Test
  void findsTheMetricByNameAndUnit() {
    assertThat(TagProposal.of("MotorCurrent", null, "12.3", "A").metric())
        .isEqualTo("motor_current");
    assertThat(TagProposal.of("Flow", "in m3/h", "21.5", null))
        .isEqualTo(new TagProposal("flow", "m3/h", true));
    assertThat(TagProposal.of("Power", "Shaft power [kW]", "3.1", null))
        .isEqualTo(new TagProposal("power", "kW", true));
    assertThat(TagProposal.of("Power", "in use", "3.1", null))
        .isEqualTo(new TagProposal("power", null, true));
    assertThat(TagProposal.of("AI-1", "Supply air temperature", "18.2", "Cel"))
        .isEqualTo(new TagProposal("supply_air_temp", "Cel", true));
  }

  @Test
  void makesAKeyOfANameThatNoMetricIsLike() {
    assertThat(TagProposal.of("Zorg-7 Blip", null, "1.5", null))
        .isEqualTo(new TagProposal("zorg_7_blip", null, false));
    assertThat(TagProposal.key("2ndStage")).isEqualTo("tag_2nd_stage");
    assertThat(TagProposal.key("§")).isEqualTo("tag_");
  }
}
