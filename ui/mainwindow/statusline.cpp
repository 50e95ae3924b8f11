#include "ui/mainwindow/statusline.h"

#include "ui/common/numbers.h"
#include "ui/common/sentence.h"
#include "ui/topics/lanewords.h"

#include <QHBoxLayout>
#include <QLocale>

namespace framescope {

namespace {

constexpr int noticeMs = 6'000;

QString phaseWords(SourcePhase phase)
{
    switch (phase) {
    case SourcePhase::Idle:
        return StatusLine::tr("Not connected");
    case SourcePhase::SigningIn:
        return StatusLine::tr("Signing in");
    case SourcePhase::Connecting:
        return StatusLine::tr("Connecting");
    case SourcePhase::Connected:
        return StatusLine::tr("Connected");
    case SourcePhase::Waiting:
        return StatusLine::tr("Waiting to reconnect");
    case SourcePhase::Suspended:
        return StatusLine::tr("Held by the breaker");
    case SourcePhase::Stopped:
        return StatusLine::tr("Stopped");
    case SourcePhase::Failed:
        return StatusLine::tr("Failed");
    }
    return {};
}

Token phaseToken(SourcePhase phase)
{
    switch (phase) {
    case SourcePhase::Connected:
        return Token::Accepted;
    case SourcePhase::Failed:
        return Token::Refused;
    case SourcePhase::Idle:
    case SourcePhase::Stopped:
        return Token::SecondaryText;
    default:
        return Token::Warning;
    }
}

SentencePart strong(const QString& text, Token color = Token::Text)
{
    return {text, true, color};
}

} // namespace

StatusLine::StatusLine(QWidget* parent)
    : QStatusBar(parent)
{
    setSizeGripEnabled(false);
    setContentsMargins(12, 3, 12, 3);
    m_state = add(false);
    m_rate = add(false);
    m_latency = add(false);
    m_integrity = add(false);
    m_failures = add(false);
    m_dropped = add(false);
    m_queue = add(false);
    m_skipped = add(false);
    m_heartbeat = add(false);
    m_gaps = add(false);
    m_folded = add(false);
    m_removed = add(true);
    m_size = add(true);
    m_audit = add(true);
    m_origin = add(true);
    connect(this, &QStatusBar::messageChanged, this, &StatusLine::fit);
}

Sentence* StatusLine::add(bool atRight)
{
    auto* sentence = new Sentence(this);
    auto* holder = new QWidget(this);
    auto* layout = new QHBoxLayout(holder);
    layout->setContentsMargins(atRight ? 7 : 0, 0, atRight ? 0 : 7, 0);
    layout->addWidget(sentence);
    atRight ? addPermanentWidget(holder) : addWidget(holder);
    return sentence;
}

void StatusLine::say(const QString& words)
{
    showMessage(words, noticeMs);
}

void StatusLine::show(const Facts& facts)
{
    showState(facts);
    showNumbers(facts);
    showListening(facts);
    showEvidence(facts);
    fit();
}

void StatusLine::resizeEvent(QResizeEvent* event)
{
    QStatusBar::resizeEvent(event);
    fit();
}

/// Sentences are never cut: in a narrow window those that matter least go, one after another.
void StatusLine::fit()
{
    if (!currentMessage().isEmpty())
        return; // the sentences are hidden while a hint is shown, and showing one would paint over it
    constexpr int spacing = 8;
    constexpr int margins = 56;
    Sentence* const all[] = {m_state,     m_rate, m_latency, m_integrity, m_failures, m_dropped, m_queue, m_skipped,
                             m_heartbeat, m_gaps, m_folded,  m_removed,   m_size,     m_audit,   m_origin};
    Sentence* const leastFirst[] = {m_size,  m_audit,     m_latency, m_folded, m_rate,
                                    m_queue, m_integrity, m_gaps,    m_removed};
    const auto widthOf = [](const Sentence* sentence) {
        return sentence->text().isEmpty() ? 0 : sentence->sizeHint().width() + 7 + spacing;
    };
    int needed = margins;
    for (const Sentence* sentence : all)
        needed += widthOf(sentence);
    QList<const Sentence*> gone;
    for (const Sentence* sentence : leastFirst) {
        if (needed <= width())
            break;
        needed -= widthOf(sentence);
        gone += sentence;
    }
    for (const Sentence* sentence : all) {
        // Only what changes: showing and hiding lays the bar out again, which comes back here.
        const bool isShown = !sentence->text().isEmpty() && !gone.contains(sentence);
        if (QWidget* holder = sentence->parentWidget(); holder->isHidden() == isShown)
            holder->setVisible(isShown);
    }
}

void StatusLine::showListening(const Facts& facts)
{
    m_folded->setParts(facts.hiddenControl == 0
                           ? QList<SentencePart>{}
                           : QList<SentencePart>{strong(countText(facts.hiddenControl)),
                                                 {facts.hiddenControl == 1 ? tr(" control message hidden")
                                                                           : tr(" control messages hidden")}});
    if (!facts.hasSession || !facts.notifications) {
        m_heartbeat->setParts({});
        m_gaps->setParts({});
        return;
    }
    const NotificationState& state = *facts.notifications;
    const Token color = state.gapCount > 0 ? Token::Warning : Token::Text;
    m_gaps->setParts({{tr("gaps ")}, strong(countText(state.gapCount), color)});
    const LaneStatus* lane = facts.running ? quietestLane(state) : nullptr;
    if (!lane) {
        m_heartbeat->setParts({});
        return;
    }
    const Instant moment = now();
    const HeartbeatHealth health = healthAt(*lane, moment);
    const Token healthColor = health == HeartbeatHealth::Lost   ? Token::Refused
                              : health == HeartbeatHealth::Late ? Token::Warning
                                                                : Token::Text;
    m_heartbeat->setParts({{tr("heartbeat ")}, strong(heartbeatText(*lane, moment), healthColor)});
}

void StatusLine::showState(const Facts& facts)
{
    if (!facts.hasSession) {
        m_state->setParts({{tr("No session")}});
        return;
    }
    QList<SentencePart> parts;
    if (facts.live) {
        const SourcePhase phase = facts.running ? facts.source.phase : SourcePhase::Stopped;
        parts = {{QStringLiteral("● "), false, phaseToken(phase)},
                 strong(facts.replay && facts.running ? tr("Replaying") : phaseWords(phase))};
    } else {
        parts = {strong(tr("Opened session"))};
    }
    if (facts.paused)
        parts += {tr(" · view paused, capture goes on"), false, Token::Text};
    else if (!facts.following)
        parts += {tr(" · view held")};
    m_state->setParts(parts);
}

void StatusLine::showNumbers(const Facts& facts)
{
    const MetricsSnapshot* metrics = facts.hasSession ? facts.metrics.get() : nullptr;
    const bool counted = metrics && metrics->totals.received > 0;
    if (!facts.hasSession) {
        for (Sentence* sentence : {m_rate, m_latency, m_integrity, m_failures, m_dropped, m_queue, m_skipped})
            sentence->setParts({});
        return;
    }
    if (facts.running)
        m_rate->setParts({strong(metrics ? QLocale().toString(metrics->framesPerSecond, 'f', 0) : QStringLiteral("0")),
                          {tr(" frames/s")}});
    else
        m_rate->setParts({strong(countText(metrics ? metrics->totals.received : 0)), {tr(" frames")}});
    const auto latency = [&] { return durationText(facts.running ? metrics->window.p99Ns : metrics->allTime.p99Ns); };
    m_latency->setParts({{tr("p99 ")}, counted ? strong(latency()) : SentencePart{tr("not measured")}});
    m_integrity->setParts(
        {{tr("integrity ")},
         counted ? strong(percentText(metrics->totals.integrityRate())) : SentencePart{tr("not measured")}});
    const quint64 refused = metrics ? metrics->totals.refused : 0;
    const Token color = refused > 0 ? Token::Refused : Token::SecondaryText;
    m_failures->setParts({{refused > 0 ? QStringLiteral("✕ ") : QStringLiteral("✓ "), true,
                           refused > 0 ? Token::Refused : Token::Accepted},
                          strong(countText(refused), refused > 0 ? Token::Refused : Token::Text),
                          {refused == 1 ? tr(" failure") : tr(" failures"), refused > 0, color}});
    const quint64 dropped = facts.storage.framesDropped;
    m_dropped->setParts({{tr("dropped ")}, strong(countText(dropped), dropped > 0 ? Token::Refused : Token::Text)});
    m_queue->setParts(
        {{tr("queue ")},
         strong(facts.storage.queueBytes == 0 ? QStringLiteral("0") : sizeText(facts.storage.queueBytes))});
    m_skipped->setParts(
        facts.skippedFrames == 0
            ? QList<SentencePart>{}
            : QList<SentencePart>{{tr("view skipped ")}, strong(countText(facts.skippedFrames), Token::Warning)});
}

void StatusLine::showEvidence(const Facts& facts)
{
    if (!facts.hasSession) {
        for (Sentence* sentence : {m_removed, m_size, m_audit, m_origin})
            sentence->setParts({});
        return;
    }
    const quint64 removed = facts.storage.payloadsRemoved;
    m_removed->setParts(removed == 0 ? QList<SentencePart>{}
                                     : QList<SentencePart>{{tr("payloads removed ")}, strong(countText(removed))});
    const qint64 bytes = facts.live ? facts.storage.fileBytes : facts.fileBytes;
    m_size->setParts({{tr("session ")}, strong(sizeText(quint64(std::max<qint64>(0, bytes))))});
    m_audit->setParts({{tr("audit ")}, strong(countText(facts.auditEntries)), {tr(" entries")}});
    m_origin->setParts({strong(facts.replay      ? tr("REPLAY")
                               : facts.imported  ? tr("IMPORTED")
                               : facts.simulated ? tr("SIMULATED")
                               : facts.live      ? tr("LIVE")
                                                 : tr("FROM FILE"))});
}

} // namespace framescope
