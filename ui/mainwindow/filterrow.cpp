#include "ui/mainwindow/filterrow.h"

#include "ui/common/chip.h"
#include "ui/common/numbers.h"
#include "ui/frames/frametablemodel.h"

#include <QHBoxLayout>
#include <QRegularExpression>

namespace framescope {

namespace {

const QString failTerm = QStringLiteral("check.status == fail");
const QString warnTerm = QStringLiteral("check.status == warn");
const QString mediaTerm = QStringLiteral("msg.type == \"telephony.media\"");

quint64 countOfType(const MetricsSnapshot& metrics, QByteArrayView type)
{
    for (const TypeMetrics& one : metrics.byType) {
        if (one.type == type)
            return one.counts.received;
    }
    return 0;
}

} // namespace

FilterRow::FilterRow(FrameTableModel* model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_line(new FilterLine(this))
    , m_shown(new Chip(this))
    , m_folded(new Chip(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_line, 1);
    layout->addWidget(m_shown);
    m_shown->setFocusPolicy(Qt::NoFocus);
    m_failures = addTermChip(failTerm, tr("Show only refused frames"));
    m_warnings = addTermChip(warnTerm, tr("Show only frames with warnings"));
    m_media = addTermChip(mediaTerm, tr("Show only media frames"));
    m_folded->setCheckable(true);
    m_folded->setToolTip(tr("Heartbeats, pongs and other messages about the stream itself: recorded, not listed"));
    m_folded->setStatusTip(m_folded->toolTip());
    layout->addWidget(m_folded);
    connect(m_folded, &QAbstractButton::clicked, this, &FilterRow::foldRequested);
    connect(m_model, &FrameTableModel::countsChanged, this, &FilterRow::showCounts);
    connect(m_model, &FrameTableModel::filterChanged, this, &FilterRow::showChecks);
    connect(m_line, &FilterLine::filterApplied, m_model, &FrameTableModel::setFilter);
    showCounts();
    showTotals();
}

Chip* FilterRow::addTermChip(const QString& term, const QString& tip)
{
    auto* chip = new Chip(this);
    chip->setCheckable(true);
    chip->setToolTip(tip);
    chip->setStatusTip(tip);
    layout()->addWidget(chip);
    connect(chip, &QAbstractButton::clicked, this, [this, term] {
        m_line->toggleTerm(term);
        showChecks();
    });
    return chip;
}

void FilterRow::setMetrics(const MetricsSnapshotPtr& metrics)
{
    m_metrics = metrics;
    showTotals();
}

void FilterRow::setPayloadsRemoved(quint64 frames)
{
    if (std::exchange(m_payloadsRemoved, frames) != frames)
        showCounts();
}

void FilterRow::showTotals()
{
    const FrameCounts totals = m_metrics ? m_metrics->totals : FrameCounts{};
    m_failures->setParts(tr("Failures"), shortCountText(totals.refused));
    m_warnings->setParts(tr("Warnings"), shortCountText(totals.warned));
    m_media->setParts(tr("Media"), shortCountText(m_metrics ? countOfType(*m_metrics, "telephony.media") : 0));
}

void FilterRow::showCounts()
{
    const quint64 all = m_model->frameCount();
    m_media->setVisible(!m_model->hasControl()); // notifications carry no media
    m_folded->setVisible(m_model->hasControl());
    m_folded->setChecked(m_model->isFolded());
    const quint64 hidden = m_model->hiddenControl();
    m_folded->setParts(m_model->isFolded() ? tr("Control messages folded") : tr("Control messages listed"),
                       hidden > 0 ? shortCountText(hidden) : QString());
    if (!m_model->isFiltered()) {
        QString rest = tr("frames");
        if (m_model->isCapped())
            rest += tr(" · newest only");
        if (m_model->isIncomplete())
            rest += tr(" · some could not be read");
        m_shown->setParts({}, countText(all), rest);
        return;
    }
    QString rest = tr("of %1 shown").arg(countText(all));
    if (m_model->isScanning())
        rest += tr(" · %1 %").arg(all == 0 ? 100 : std::min<quint64>(100, m_model->scannedFrames() * 100 / all));
    if (m_model->isCapped())
        rest += tr(" · newest only");
    if (m_model->isIncomplete())
        rest += tr(" · some could not be read");
    if (m_payloadsRemoved > 0 && m_model->filter().needsPayload())
        rest += tr(" · payloads of %1 are removed, not searched").arg(countText(m_payloadsRemoved));
    m_shown->setParts({}, countText(quint64(m_model->rowCount())), rest);
}

QString FilterRow::shownText() const
{
    return m_shown->text();
}

void FilterRow::showChecks()
{
    m_failures->setChecked(m_line->hasTerm(failTerm));
    m_warnings->setChecked(m_line->hasTerm(warnTerm));
    m_media->setChecked(m_line->hasTerm(mediaTerm));
}

QString FilterRow::emptyReason() const
{
    if (m_model->rowCount() > 0)
        return {};
    if (m_model->frameCount() > 0 && m_model->isScanning())
        return tr("Searching …");
    if (m_model->isIncomplete())
        return tr("Not all frames could be read: a part of the session file is damaged.");
    if (!m_model->isFiltered() && m_model->hiddenControl() > 0)
        return tr("Only control messages so far. They are folded: View > Heartbeats and control messages shows them.");
    if (!m_model->isFiltered() || m_model->frameCount() == 0)
        return tr("No frames yet. They appear here as they come.");
    static const QRegularExpression type(QStringLiteral("msg\\.type\\s*==\\s*\"?([^\"\\s]+)\"?"));
    const QString wanted = type.match(m_line->appliedExpression()).captured(1);
    QString why = tr("None of %1 frames matches.").arg(countText(m_model->frameCount()));
    if (!wanted.isEmpty() && m_metrics && countOfType(*m_metrics, wanted.toUtf8()) == 0) {
        why = tr("No frame of type %1 came.").arg(wanted);
        for (const TypeMetrics& one : m_metrics->byType) {
            if (QString::fromUtf8(one.type).compare(wanted, Qt::CaseInsensitive) == 0)
                why += tr(" There are frames of type %1.").arg(QString::fromUtf8(one.type));
        }
    }
    return why + QLatin1Char('\n') + tr("Ctrl+Shift+/ clears the filter.");
}

} // namespace framescope
