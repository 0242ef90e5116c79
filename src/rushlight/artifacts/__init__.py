"""The nouns of Rushlight: what capabilities read and return. Pure data, no behaviour that needs a library."""

from rushlight.artifacts.audience_report import AudienceReport
from rushlight.artifacts.authorship import Authorship
from rushlight.artifacts.beats import Beats
from rushlight.artifacts.bounces import BounceCandidate, BounceGroup, BounceRate, Bounces, BounceTrait
from rushlight.artifacts.campaign import Campaign, CampaignReturn, CopyReturn, CopyVariant, LeftOut, TargetingCard
from rushlight.artifacts.captions import Captions, Cue
from rushlight.artifacts.claim_table import ClaimTable, StatedClaim
from rushlight.artifacts.comments import CommentReading, Comments
from rushlight.artifacts.commission import Commission, Comparable, Confounder, PropertyWeight, ProposalEstimate
from rushlight.artifacts.contact_sheet import ContactSheet, Frame
from rushlight.artifacts.contribution import ContributionAccount, Contributor, Deed, Entry, MediaOrigin, WorkHistory
from rushlight.artifacts.creative_forecast import (
    CreativeCandidate,
    CreativeCard,
    CreativeForecast,
    CreativePair,
    CreativeTrait,
)
from rushlight.artifacts.credentials import Act, CredentialVerdict, Ingredient, Origin, SignedFile
from rushlight.artifacts.cut import Cut
from rushlight.artifacts.detection import Detection, DetectionSignal, SuspectPlace
from rushlight.artifacts.edit_list import EditList, EditSpan
from rushlight.artifacts.engagement import Engagement, EngagementRow
from rushlight.artifacts.events import Events
from rushlight.artifacts.faces import FaceBox, Faces, FaceTrack
from rushlight.artifacts.faults import Fault, Faults
from rushlight.artifacts.findings import Finding, Findings
from rushlight.artifacts.forecast import EventEffect, Forecast, ForecastCard, SeriesForecast
from rushlight.artifacts.grounding import Claim, GroundingReport
from rushlight.artifacts.hazard_model import HazardModel, PropertyEffect, ShotHazard, Survival
from rushlight.artifacts.media import Audio, Media, SoundStream, VideoStream
from rushlight.artifacts.media_print import MediaPrint
from rushlight.artifacts.narration import Narration, NarrationLine, Phoneme, Word
from rushlight.artifacts.object_track import ObjectBox, ObjectTrack
from rushlight.artifacts.outline import Idea, Ideas, Outline, PlotBeat, Role, ScenePlan
from rushlight.artifacts.people import People, Person
from rushlight.artifacts.prediction import FeatureEffect, Prediction, PredictionCard, PredictorScore, ReliabilityBin
from rushlight.artifacts.quality import FrameQuality, Quality
from rushlight.artifacts.recommendations import Recommendations
from rushlight.artifacts.release_plan import ChannelStep, ReleaseOption, ReleasePlan
from rushlight.artifacts.representation import BiasReport, GroupShare, PeopleLabels, PersonLabel, RepresentedAttribute
from rushlight.artifacts.retention import Moment, Retention, RetentionCurve
from rushlight.artifacts.review import Review, ReviewFinding
from rushlight.artifacts.score import MusicPlan, Note, Score, Section
from rushlight.artifacts.screenplay import Element, Scene, Screenplay, Speech, TitleField
from rushlight.artifacts.screenplay_statistics import ScreenplayStatistics
from rushlight.artifacts.script import Beat, CellRef, Line, Script, Trace
from rushlight.artifacts.segments import Segment, SegmentCandidate, Segments, Trait
from rushlight.artifacts.shot_table import ShotDescription, ShotTable
from rushlight.artifacts.shots import Shots, ShotSpan, Transition
from rushlight.artifacts.similar import Similar, SimilarWork
from rushlight.artifacts.sound_cues import SoundCue, SoundCues
from rushlight.artifacts.source import Document, Heading, Source, TableColumn
from rushlight.artifacts.staging import Cast, Part, Shot, StagedScene, Staging
from rushlight.artifacts.storyboard import Panel, Storyboard
from rushlight.artifacts.sync import LipSync, Sync, SyncedRecording
from rushlight.artifacts.themes import Quote, ThemeFinding, Themes
from rushlight.artifacts.transcript import Transcript, TranscriptWord
from rushlight.artifacts.trends import Influencer, Rise, Spread, Trends
from rushlight.artifacts.use_decision import UseDecision, UseRule
from rushlight.artifacts.variant_test import Arm, Comparison, VariantTest
from rushlight.artifacts.watermark import MarkedFile, MarkReading, ReadMark

__all__ = [
    "Act",
    "Arm",
    "AudienceReport",
    "Audio",
    "Authorship",
    "Beat",
    "Beats",
    "BiasReport",
    "BounceCandidate",
    "BounceGroup",
    "BounceRate",
    "BounceTrait",
    "Bounces",
    "Campaign",
    "CampaignReturn",
    "Captions",
    "Cast",
    "CellRef",
    "ChannelStep",
    "Claim",
    "ClaimTable",
    "CommentReading",
    "Comments",
    "Commission",
    "Comparable",
    "Comparison",
    "Confounder",
    "ContactSheet",
    "ContributionAccount",
    "Contributor",
    "CopyReturn",
    "CopyVariant",
    "CreativeCandidate",
    "CreativeCard",
    "CreativeForecast",
    "CreativePair",
    "CreativeTrait",
    "CredentialVerdict",
    "Cue",
    "Cut",
    "Deed",
    "Detection",
    "DetectionSignal",
    "Document",
    "EditList",
    "EditSpan",
    "Element",
    "Engagement",
    "EngagementRow",
    "Entry",
    "EventEffect",
    "Events",
    "FaceBox",
    "FaceTrack",
    "Faces",
    "Fault",
    "Faults",
    "FeatureEffect",
    "Finding",
    "Findings",
    "Forecast",
    "ForecastCard",
    "Frame",
    "FrameQuality",
    "GroundingReport",
    "GroupShare",
    "HazardModel",
    "Heading",
    "Idea",
    "Ideas",
    "Influencer",
    "Ingredient",
    "LeftOut",
    "Line",
    "LipSync",
    "MarkReading",
    "MarkedFile",
    "Media",
    "MediaOrigin",
    "MediaPrint",
    "Moment",
    "MusicPlan",
    "Narration",
    "NarrationLine",
    "Note",
    "ObjectBox",
    "ObjectTrack",
    "Origin",
    "Outline",
    "Panel",
    "Part",
    "People",
    "PeopleLabels",
    "Person",
    "PersonLabel",
    "Phoneme",
    "PlotBeat",
    "Prediction",
    "PredictionCard",
    "PredictorScore",
    "PropertyEffect",
    "PropertyWeight",
    "ProposalEstimate",
    "Quality",
    "Quote",
    "ReadMark",
    "Recommendations",
    "ReleaseOption",
    "ReleasePlan",
    "ReliabilityBin",
    "RepresentedAttribute",
    "Retention",
    "RetentionCurve",
    "Review",
    "ReviewFinding",
    "Rise",
    "Role",
    "Scene",
    "ScenePlan",
    "Score",
    "Screenplay",
    "ScreenplayStatistics",
    "Script",
    "Section",
    "Segment",
    "SegmentCandidate",
    "Segments",
    "SeriesForecast",
    "Shot",
    "ShotDescription",
    "ShotHazard",
    "ShotSpan",
    "ShotTable",
    "Shots",
    "SignedFile",
    "Similar",
    "SimilarWork",
    "SoundCue",
    "SoundCues",
    "SoundStream",
    "Source",
    "Speech",
    "Spread",
    "StagedScene",
    "Staging",
    "StatedClaim",
    "Storyboard",
    "Survival",
    "SuspectPlace",
    "Sync",
    "SyncedRecording",
    "TableColumn",
    "TargetingCard",
    "ThemeFinding",
    "Themes",
    "TitleField",
    "Trace",
    "Trait",
    "Transcript",
    "TranscriptWord",
    "Transition",
    "Trends",
    "UseDecision",
    "UseRule",
    "VariantTest",
    "VideoStream",
    "Word",
    "WorkHistory",
]
