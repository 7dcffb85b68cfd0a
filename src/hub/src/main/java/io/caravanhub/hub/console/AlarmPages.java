package io.caravanhub.hub.console;

import io.caravanhub.hub.event.AlarmFigures;
import io.caravanhub.hub.event.AlarmPerformance;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** How good the alarms are, by the measures of ISA-18.2. */
@Controller
class AlarmPages {
  private static final Map<String, Integer> DAYS = Map.of("24h", 1, "7d", 7, "30d", 30);

  private final AlarmFigures figures;
  private final AlarmRates rates;
  private final Remembered<AlarmPerformance> known = new Remembered<>(Duration.ofSeconds(10));

  AlarmPages(AlarmFigures figures, AlarmRates rates) {
    this.figures = figures;
    this.rates = rates;
  }

  @GetMapping("/alarms")
  String alarms(
      @AuthenticationPrincipal HubPrincipal who,
      @RequestParam(defaultValue = "7d") String span,
      Model model) {
    String shown = DAYS.containsKey(span) ? span : "7d";
    int days = DAYS.getOrDefault(shown, 7);
    Instant to = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant from = to.minus(Duration.ofDays(days));
    model.addAttribute("span", shown);
    model.addAttribute("a", known.get(who.tenant() + " " + shown, () -> figures.of(from, to)));
    model.addAttribute("bars", rates.bars(from, to));
    return "console/alarms";
  }
}
