#pragma once
/// Replays a session file as a source: its messages with their opcode, direction, connection and attempt, and the
/// events of its connections, in the order and spacing of the original.
///
/// A replayed entry keeps the wall clock of its original, so that whatever compares times finds the same; its monotonic
/// stamp is of now, so that latencies are those of this judging. Events name the entry of the original in their detail
/// (`replayed_seq`). What the original has no payload of is left out and told (ReplayLimited), never made up. Frames
/// that the original masked are replayed as it keeps them, and told.
/// Thread: that of the receiver, where it may wait for the disk. Memory: one block of the file.
#include "core/frame/framesource.h"
#include "core/replay/replaypace.h"
#include "core/replay/replaystate.h"

#include <QTimer>
#include <memory>

namespace framescope {

class ReplayReader;

class ReplaySource final : public FrameSource
{
    Q_OBJECT

public:
    explicit ReplaySource(const ReplayConfig& config);
    ~ReplaySource() override;

    void start(FrameIntake* intake) override;
    void stop() override;
    void reconnectNow() override {}                                  ///< a file has nothing to connect to
    void suspend(std::chrono::milliseconds /*coolDown*/) override {} ///< and no service to be spared

    /// 0.1 to 100, or 0: as fast as possible; anything else is ignored.
    void setSpeed(double speed);
    void setPaused(bool paused);
    /// In a pause: the next frame, with the events before it.
    void step();

Q_SIGNALS:
    /// At most 5 times a second, and at each change of the pace.
    void replayStateChanged(const framescope::ReplayState& state);
    /// The original was judged by topic schemas of that version from here on. Emitted in order with the entries.
    void topicSchemasWanted(const QByteArray& version);

private:
    enum class Fetched
    {
        Entry,
        Nothing
    };
    [[nodiscard]] Fetched fetch();
    [[nodiscard]] bool isReplayed();
    void deliver();
    void deliverFrame();
    void deliverEvent();
    void pump();
    void recordStart();
    void recordSetting();
    void leaveOut();
    void tellLeftOut();
    void end(const std::optional<Error>& error);
    void tell();

    ReplayConfig m_config;
    ReplayPace m_pace;
    std::unique_ptr<ReplayReader> m_reader;
    FrameIntake* m_intake = nullptr;
    QTimer m_next;
    QTimer m_ticker;
    ReplayState m_state;
    SourceState m_source;
    struct Run ///< of frames that are left out
    {
        quint64 first = 0;
        quint64 last = 0;
        quint16 connection = 0;
        quint16 attempt = 0;
    };
    Run m_leftOut;
    quint64 m_delivered = 0;
    bool m_hasEntry = false; ///< the reader stands on one that is to be delivered
    bool m_hasEnded = false;
};

} // namespace framescope
