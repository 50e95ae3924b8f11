#pragma once
/// The selected frame, explained: tabs Findings, Decoded, JSON, Bytes, Timing and Connection. The tab stays when
/// another frame is selected; only the tab in sight is built, so that walking through rows at key-repeat speed stays
/// fast.
///
/// Thread: gui. Text from the wire is plain text, its invisible characters shown as escapes.
#include "core/frame/frame.h"
#include "core/frame/framemarks.h"
#include "core/frame/framesource.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTabBar;
class QTreeView;

namespace framescope {

class BytesView;
class DecodedModel;
class FactSheet;
struct Fact;
class FindingsView;
class PayloadTextView;

class DetailPane : public QWidget
{
    Q_OBJECT

public:
    enum Tab
    {
        FindingsTab,
        DecodedTab,
        JsonTab,
        BytesTab,
        TimingTab,
        ConnectionTab,
        TabCount
    };

    explicit DetailPane(QWidget* parent = nullptr);

    void showFrame(const framescope::Frame& frame);
    /// The same while no row is selected: the caption says that it is the latest one that was refused.
    void showLatestRefused(const framescope::Frame& frame);
    void showLoading(quint64 number);
    void clear();
    /// Which frames are marked, and what was said about them.
    void setMarks(const FrameMarksPtr& marks);
    void setSource(const framescope::SourceState& source);
    /// The service's clock minus ours, where it is known: end-to-end latency depends on it.
    void setClockOffset(std::optional<qint64> ns);

    [[nodiscard]] Tab currentTab() const;
    void setCurrentTab(Tab tab);

Q_SIGNALS:
    void filterRequested(const QString& expression);
    void nextSameRequested(framescope::FindingId id);

private:
    QWidget* buildDecoded();
    void showNotice(const QString& text);
    void setFrame(const framescope::Frame& frame, const QString& caption);
    void showCaption();
    void buildCurrentTab();
    void fillDecoded();
    void fillTiming();
    [[nodiscard]] std::vector<Fact> eventTimeFacts() const;
    void fillConnection();

    Frame m_frame;
    SourceState m_source;
    std::optional<qint64> m_clockOffsetNs;
    bool m_hasFrame = false;
    std::array<bool, TabCount> m_isStale{};

    QTabBar* m_tabs;
    QStackedWidget* m_pages;
    QLabel* m_notice;
    QLabel* m_caption; ///< which frame this is
    QLabel* m_comment; ///< what was said about it
    QString m_captionText;
    FrameMarksPtr m_marks;
    FindingsView* m_findings;
    DecodedModel* m_decodedModel;
    QTreeView* m_decoded = nullptr;
    QLabel* m_decodedNotice = nullptr;
    PayloadTextView* m_text;
    BytesView* m_bytes;
    FactSheet* m_timing;
    FactSheet* m_connection;
};

} // namespace framescope
