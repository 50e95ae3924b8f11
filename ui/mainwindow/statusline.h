#pragma once
/// The status bar: sentences of a number and its unit. What is not known says so; drops and queue are shown even when
/// they are 0. Hints of actions (status tips) take its place while the pointer is on one. Thread: gui.
#include "core/frame/framesource.h"
#include "core/metrics/metricssnapshot.h"
#include "core/session/session.h"

#include <QStatusBar>

namespace framescope {

class Sentence;

class StatusLine : public QStatusBar
{
    Q_OBJECT

public:
    explicit StatusLine(QWidget* parent = nullptr);

    /// What the sentences are made of; the window fills it in.
    struct Facts
    {
        bool hasSession = false;
        bool live = false; ///< false: opened from a file
        bool running = false;
        bool paused = false;
        bool following = true;
        bool simulated = false;
        bool replay = false;
        bool imported = false;
        SourceState source;
        BreakerState breaker = BreakerState::Closed;
        MetricsSnapshotPtr metrics;
        WriterStatus storage;
        quint64 auditEntries = 0;
        quint64 skippedFrames = 0;
        qint64 fileBytes = 0;               ///< of an opened session
        NotificationStatePtr notifications; ///< null: no session of notifications
        quint64 hiddenControl = 0;          ///< control messages folded away
    };
    void show(const Facts& facts);
    /// Says @p words for some seconds.
    void say(const QString& words);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    Sentence* add(bool atRight);
    void showListening(const Facts& facts);
    void fit();
    void showState(const Facts& facts);
    void showNumbers(const Facts& facts);
    void showEvidence(const Facts& facts);

    Sentence* m_state;
    Sentence* m_rate;
    Sentence* m_latency;
    Sentence* m_integrity;
    Sentence* m_failures;
    Sentence* m_dropped;
    Sentence* m_queue;
    Sentence* m_skipped;
    Sentence* m_heartbeat;
    Sentence* m_gaps;
    Sentence* m_folded;
    Sentence* m_removed;
    Sentence* m_size;
    Sentence* m_audit;
    Sentence* m_origin;
};

} // namespace framescope
